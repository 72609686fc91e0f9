"""Tool calls that a model writes into its text, as operations like those of any other call.

Servers usually read such calls themselves, and send them as calls. Where one does not, as a bare completion endpoint or
a model without a tool parser, they arrive in the text:

    "hermes"    <tool_call>{"name": "f", "arguments": {...}}</tool_call>            Hermes, Qwen 2.5 and 3, and others
    "llama"     <|python_tag|>{"name": "f", "parameters": {...}}; {...}             Llama 3, also without the tag
                <function=f>{...}</function>                                        Llama 3.1, custom tools
    "mistral"   [TOOL_CALLS][{"name": "f", "arguments": {...}}, ...]                Mistral up to tokenizer 7
                [TOOL_CALLS]f[ARGS]{...}, [TOOL_CALLS]f{...}                        Mistral from tokenizer 11
    "qwen-xml"  <tool_call><function=f><parameter=key>value</parameter>...          Qwen3-Coder, also without the
                </function></tool_call>                                             first tag
    "glm"       <tool_call>f<arg_key>key</arg_key><arg_value>value</arg_value>...   GLM from 4.5
                </tool_call>
    "deepseek"  <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{...}          DeepSeek from V3.1
                <｜tool▁call▁end｜><｜tool▁calls▁end｜>
                ...<｜tool▁call▁begin｜>function<｜tool▁sep｜>f, and {...} in a fence   DeepSeek V3 and R1

``TextCalls`` stands between an adapter and whoever reads its operations. It changes the texts of blocks of the kind
"text", and passes everything else on. What follows a call is a text block of its own. White space that touches a call
is dropped, and so are its marks.

**When a call begins.** Its block opens when its name has closed and its arguments begin, and from then on the arguments
are passed on as they come. Arguments that come before the name wait for it. Until the block opens, what came since the
mark is held, and it becomes text as it is if it turns out to be no call.

**When it may be run.** The call is on hold (``ops.UNCLOSED``) until its JSON has closed. If that is cut off or broken,
it stays on hold.

**What only talks about calls.** Inside a code fence or after a back-tick, a call counts only if its name is one of the
caller's tools. The same holds for an object at the beginning of the text without any mark, which could be an answer. In
thoughts at the beginning of the text (``<think>...</think>``) there are no calls.

Arguments between tags (``text_parameters``) are passed on as the text of a JSON object. Not read are Python calls in
brackets (Llama 3.2 and 4). They stay text.

Nothing here depends on how the text was cut, and each character is read once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, Literal, get_args

from partialjson.wire import ops
from partialjson.wire.text_parameters import ARG_KEYS, PARAMETERS, JSONKind, Parameters, Spelling

__all__ = ["STYLES", "Kinds", "TextCallStyle", "TextCalls", "styles_of"]

TextCallStyle = Literal["hermes", "llama", "mistral", "qwen-xml", "glm", "deepseek"]

Kinds = Callable[[str, str], Collection[JSONKind]]
"""The kinds that an argument of a tool may have, by the names of both; none if they are not known."""

STYLES: Final[tuple[TextCallStyle, ...]] = get_args(TextCallStyle)

_BLANK: Final = " \t\r\n"
_MOST_BLANK: Final = 96  # white space that is held since a call may follow
_LONGEST_NAME: Final = 256  # of a tool, a key, or an id

_MARKS: Final[dict[TextCallStyle, tuple[str, ...]]] = {
    "hermes": ("<tool_call>",),
    "llama": ("<|python_tag|>", "<function="),
    "mistral": ("[TOOL_CALLS]",),
    "qwen-xml": ("<tool_call>", "<function="),
    "glm": ("<tool_call>",),
    "deepseek": ("<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>"),
}
_CLOSINGS: Final[dict[TextCallStyle, tuple[str, ...]]] = {
    "hermes": ("</tool_call>",),
    "llama": ("</function>", "<|eom_id|>", "<|eot_id|>"),
    "mistral": ("[/TOOL_CALLS]",),
    "qwen-xml": ("</function>", "</tool_call>"),
    "glm": ("</tool_call>",),
    "deepseek": ("<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>"),
}
_NEXT_CALL: Final = "<｜tool▁call▁begin｜>"
_SEPARATOR: Final = "<｜tool▁sep｜>"
_FENCE: Final = "```json"
_ARGUMENTS: Final = ("arguments", "parameters")
# Blocks of thoughts, and what ends them.
_THOUGHTS: Final = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<reasoning>": "</reasoning>",
    "[THINK]": "[/THINK]",
}
# The keys that may stand before the arguments where nothing else marks a call.
_KEYS: Final = ("name", "type", "id", "function", *_ARGUMENTS)

_NOT_BLANK: Final = re.compile(r"[^ \t\r\n]")
_NO_NAME: Final = re.compile(r"[^\w.\-/:]")
_STRING_SIGN: Final = re.compile(r'["\\]')
_VALUE_SIGN: Final = re.compile(r'["{}\[\]<]')
_SCALAR_END: Final = re.compile(r"[,}\] \t\r\n]")
_TICKS: Final = re.compile(r"`+")

# What is read: text; what follows a mark; the name of a call, or its id; its object, or its arguments alone; what
# follows a call, or an element of a list of calls; thoughts; parameters between tags; a fence around arguments.
_TEXT: Final = 0
_OPENED: Final = 1
_NAME: Final = 2
_ID: Final = 3
_OBJECT: Final = 4
_ONLY_ARGUMENTS: Final = 5
_AFTER: Final = 6
_AFTER_ELEMENT: Final = 7
_THINKING: Final = 8
_PARAMETERS: Final = 9
_FENCED_ARGUMENTS: Final = 10

# Inside the object of a call.
_KEY: Final = 0
_COLON: Final = 1
_VALUE: Final = 2
_STRING: Final = 3
_CONTAINER: Final = 4
_SCALAR: Final = 5
_NEXT: Final = 6


def styles_of(given: bool | str | Iterable[str]) -> tuple[TextCallStyle, ...]:
    """The styles that an option names: all for True, none for False.

    Raises:
        ValueError: one of them is not known.
    """
    if isinstance(given, bool):
        return STYLES if given else ()
    names = [given] if isinstance(given, str) else list(given)
    for name in names:
        if name not in STYLES:
            raise ValueError(f"text_calls must be True, or of {', '.join(map(repr, STYLES))}, not {name!r}")
    return tuple(style for style in STYLES if style in names)


class TextCalls:
    """Finds calls in the texts of one response.

    Args:
        styles: the spellings to look for.
        tools: the names of the caller's tools, as far as they are known.
        limit: how many characters are held.
        kinds: what is known of their arguments, for styles in which those are no JSON.
    """

    def __init__(
        self, styles: Sequence[TextCallStyle], tools: Collection[str], limit: int, kinds: Kinds | None = None
    ) -> None:
        self._styles = tuple(styles)
        self._tools = tools
        self._limit = limit
        self._kinds: Kinds = kinds or _unknown
        self._blocks: dict[ops.Key, _Block] = {}

    def translate(self, operations: Iterable[ops.Operation]) -> list[ops.Operation]:
        """The operations, with calls in the place of their text."""
        out: list[ops.Operation] = []
        for op in operations:
            if isinstance(op, ops.Text):
                block = self._blocks.get(op.key)
                if block is None:
                    out.append(op)
                else:
                    block.feed(op.text, out)
            elif isinstance(op, ops.Open) and op.kind == "text":
                self._blocks[op.key] = _Block(op, self._styles, self._tools, self._limit, self._kinds)
            elif isinstance(op, (ops.End, ops.Begin)) or (isinstance(op, ops.Error) and op.fatal):
                out += self.end()
                out.append(op)
            elif isinstance(op, ops.Restate) and op.key in self._blocks:
                self._blocks[op.key].restate(op, out)
            elif isinstance(op, ops.Close) and op.key in self._blocks:
                self._blocks.pop(op.key).close(op, out)
            else:
                block = self._blocks.get(getattr(op, "key", ""))
                if block is not None:
                    block.show(out)
                out.append(op)
        return out

    def end(self) -> list[ops.Operation]:
        """What was held, at the end of the message."""
        out: list[ops.Operation] = []
        for block in self._blocks.values():
            block.flush(out)
        self._blocks.clear()
        return out


class _Value:
    """The rest of a JSON value that is a container or a string: where it ends."""

    def __init__(self) -> None:
        self.depth = 0
        self.in_string = False
        self.escaped = False

    def read(self, s: str, i: int, closings: Sequence[str], final: bool) -> tuple[int, bool, bool]:
        """Reads on from an index; the index after what was read, whether the value has ended there, and whether it is
        broken there, since a mark follows that cannot stand in JSON."""
        n = len(s)
        while i < n:
            if self.escaped:
                self.escaped = False
                i += 1
                continue
            sign = (_STRING_SIGN if self.in_string else _VALUE_SIGN).search(s, i)
            if sign is None:
                return n, False, False
            i = sign.start()
            character = s[i]
            if character == "<":
                if any(s.startswith(closing, i) for closing in closings):
                    return i, False, True
                if not final and any(closing.startswith(s[i : i + len(closing)]) for closing in closings):
                    return i, False, False
                i += 1
                continue
            i += 1
            if character == "\\":
                self.escaped = True
            elif character == '"':
                self.in_string = not self.in_string
                if not self.in_string and self.depth == 0:
                    return i, True, False
            elif character in "{[":
                self.depth += 1
            else:
                self.depth -= 1
                if self.depth <= 0:
                    return i, True, False
        return n, False, False


class _Block:
    """One block of text, and the calls in it.

    What was read of a call that has no block yet is in ``raw``. The state of the call: its name and id; the pieces of
    arguments that wait for the name; whether its arguments have begun and ended.
    """

    def __init__(
        self, op: ops.Open, styles: Sequence[TextCallStyle], tools: Collection[str], limit: int, kinds: Kinds
    ) -> None:
        self._op = op
        self._kinds = kinds
        self._styles = styles
        self._tools = tools
        self._limit = limit
        self._marks: list[tuple[str, TextCallStyle]] = [(mark, style) for style in styles for mark in _MARKS[style]]
        starts = "".join({mark[0] for mark, _ in self._marks})
        self._signs = re.compile(f"[{re.escape(starts)}]")
        self._clear()

    def _clear(self) -> None:
        self._came: list[str] = []  # all the text
        self._held = ""
        self._mode = _TEXT
        # The text blocks made of this one.
        self._key: ops.Key | None = None  # that of the open one; None if there is none
        self._text_keys: list[ops.Key] = []
        self._calls = 0
        self._call_keys: list[ops.Key] = []
        self._blank = ""  # white space that may touch a call
        self._passes_blank = False  # there is too much of it
        self._touches_call = False  # it follows a call
        self._is_start = True  # nothing but white space has come, or thoughts
        self._closes = ""  # what ends the thoughts
        self._fenced = False
        self._ticks = 0  # back-ticks at the end of the text
        # The call.
        self._style: TextCallStyle = "hermes"
        self._closings: tuple[str, ...] = ()
        self._careful = False  # its name must be one of the tools
        self._bare = False  # no mark stands before it
        self._in_list = False
        self._mark = ""
        self._raw: list[str] = []
        self._raw_length = 0
        self._forget_call()

    def _forget_call(self) -> None:
        self._call_key: ops.Key | None = None
        self._name = ""
        self._id = ""
        self._early: list[str] = []
        self._has_arguments = False
        self._place = _KEY
        self._objects = 1
        self._this_key = ""
        self._token = ""
        self._value = _Value()
        self._parameters: Parameters | None = None
        self._is_typed = False  # the word "function" stands before its name
        self._is_named = False  # ... and its name has ended

    # What the translator calls.

    def feed(self, text: str, out: list[ops.Operation]) -> None:
        self._came.append(text)
        self._read(text, False, out)

    def flush(self, out: list[ops.Operation]) -> None:
        """No more text comes."""
        self._read("", True, out)
        if self._call_key is not None:
            out.append(ops.Close(self._call_key, cut=True))
            self._call_key = None
        elif self._raw:
            self._raw.append(self._held)
            self._refuse(out)
        self._held = ""
        if self._blank and not self._touches_call:
            self._emit(self._blank, out)
        self._blank = ""
        if not self._calls:
            self.show(out)

    def close(self, op: ops.Close, out: list[ops.Operation]) -> None:
        self.flush(out)
        out += [ops.Close(key, op.cut) for key in self._text_keys]

    def show(self, out: list[ops.Operation]) -> None:
        """Opens the block itself, if that has not happened: something belongs to it."""
        key = self._op.key
        if key not in self._text_keys:
            self._text_keys.append(key)
            out.append(self._op)
            if not self._calls:
                self._key = key

    def restate(self, op: ops.Restate, out: list[ops.Operation]) -> None:
        """The provider repeats all of the text."""
        came = "".join(self._came)
        if not op.text or op.text == came:
            return
        if op.text.startswith(came):
            self.feed(op.text[len(came) :], out)
            return
        # What came before is not true any more, and the calls in it neither.
        self.show(out)
        out += [ops.Withdraw(key) for key in self._call_keys]
        texts, calls = self._text_keys, self._calls
        self._clear()
        self._text_keys, self._calls = texts, calls
        key = self._key = self._op.key
        read: list[ops.Operation] = []
        self.feed(op.text, read)
        first = [each.text for each in read if isinstance(each, ops.Text) and each.key == key]
        out.append(ops.Restate(key, "".join(first)))
        out += [each for each in read if not (isinstance(each, ops.Text) and each.key == key)]

    # Text.

    def _read(self, text: str, final: bool, out: list[ops.Operation]) -> None:
        s, self._held = self._held + text, ""
        i, n = 0, len(s)
        while i < n:
            at = i
            mode, place = self._mode, self._place
            if mode == _TEXT:
                i = self._read_text(s, i, final, out)
            elif mode == _THINKING:
                i = self._think(s, i, final, out)
            elif mode == _OPENED:
                i = self._read_opened(s, i, final, out)
            elif mode == _NAME:
                i = self._read_name(s, i, final, out)
            elif mode == _ID:
                i = self._read_id(s, i, final, out)
            elif mode == _OBJECT:
                i = self._read_object(s, i, final, out)
            elif mode == _ONLY_ARGUMENTS:
                i = self._read_value(s, i, final, True, out)
            elif mode == _PARAMETERS:
                i = self._read_parameters(s, i, final, out)
            elif mode == _FENCED_ARGUMENTS:
                i = self._read_fence(s, i, final, out)
            elif mode == _AFTER:
                i = self._read_after(s, i, final, out)
            else:
                i = self._read_after_element(s, i)
            if i == at and (self._mode, self._place) == (mode, place):
                break  # only more text can tell
        self._held = s[i:]

    def _read_text(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        if self._is_start:
            match = _NOT_BLANK.search(s, i)
            if match is None:
                self._say(s[i:], out)
                return len(s)
            at = match.start()
            if at > i:
                self._say(s[i:at], out)
                return at
            for opens, closes in _THOUGHTS.items():
                if s.startswith(opens, at):
                    self._say(opens, out)
                    self._closes = closes
                    self._mode = _THINKING
                    return at + len(opens)
                if not final and opens.startswith(s[at : at + len(opens)]):
                    return at
            if s[at] == "{" and "llama" in self._styles and self._tools:
                self._begin("", "llama")
                self._bare = self._careful = True
                return at
        match = self._signs.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            self._say(s[i:at], out)
            return at
        for mark, style in self._marks:
            if s.startswith(mark, at):
                self._begin(mark, style)
                return at + len(mark)
            if not final and mark.startswith(s[at : at + len(mark)]):
                return at
        self._say(s[at], out)
        return at + 1

    def _think(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        """Thoughts, up to what ends them."""
        closes = self._closes
        at = s.find(closes, i)
        if at >= 0:
            at += len(closes)
            self._say(s[i:at], out)
            self._mode = _TEXT
            self._is_start = True
            return at
        at = len(s)
        if not final:
            most = min(len(closes) - 1, at - i)
            at -= next((length for length in range(most, 0, -1) if closes.startswith(s[at - length :])), 0)
        if at > i:
            self._say(s[i:at], out)
        return at

    def _say(self, text: str, out: list[ops.Operation]) -> None:
        """Text that belongs to no call. White space at its end is held, since a call may follow."""
        text = self._blank + text
        bare = text.rstrip(_BLANK)
        self._blank = text[len(bare) :]
        if bare:
            self._passes_blank = False
            if self._touches_call:
                stripped = bare.lstrip(_BLANK)
                bare = stripped if len(bare) - len(stripped) <= _MOST_BLANK else bare
                self._touches_call = False
            self._is_start = False
            self._emit(bare, out)
            self._count_ticks(bare)
        if self._blank:
            self._end_ticks()
        if self._blank and (self._passes_blank or len(self._blank) > _MOST_BLANK):
            self._passes_blank = True
            self._touches_call = False
            self._emit(self._blank, out)
            self._blank = ""

    def _emit(self, text: str, out: list[ops.Operation]) -> None:
        if self._key is None:
            if self._calls:
                op = self._op
                self._key = _key(op.key, "text", self._calls)
                self._text_keys.append(self._key)
                out.append(ops.Open(self._key, "text", op.type, op.choice, op.index, aside=op.aside, paragraph=True))
            else:
                self.show(out)
        assert self._key is not None
        out.append(ops.Text(self._key, text))

    def _count_ticks(self, text: str) -> None:
        """Is the end of the text inside a code fence, and how many back-ticks are there?"""
        if not self._ticks and "`" not in text:
            return
        if self._ticks and text[0] != "`":
            self._end_ticks()
        for match in _TICKS.finditer(text):
            count = match.end() - match.start()
            if match.start() == 0:
                count += self._ticks
                self._ticks = 0
            if match.end() == len(text):
                self._ticks = count
            elif count >= 3:
                self._fenced = not self._fenced

    def _end_ticks(self) -> None:
        if self._ticks >= 3:
            self._fenced = not self._fenced
        self._ticks = 0

    # Calls.

    def _begin(self, mark: str, style: TextCallStyle) -> None:
        """A mark of a call, or what may be a call without one."""
        self._mark = mark
        self._style = style
        self._closings = _CLOSINGS[style]
        self._bare = False
        self._careful = self._fenced or self._ticks > 0
        self._in_list = False
        self._raw = [mark]
        self._raw_length = len(mark)
        self._forget_call()
        self._mode = _NAME if mark in ("<function=", _NEXT_CALL) else _OPENED

    def _keep(self, piece: str, out: list[ops.Operation]) -> bool:
        """Keeps what is read as long as it may be text; whether it may go on."""
        if self._call_key is None:
            self._raw.append(piece)
            self._raw_length += len(piece)
            if self._raw_length > self._limit:
                self._refuse(out)
                return False
        return True

    def _refuse(self, out: list[ops.Operation]) -> None:
        """It is no call, or a broken one."""
        if self._call_key is not None:
            out.append(ops.Close(self._call_key, cut=True))
            self._call_key = None
            self._mode = _AFTER
            return
        raw, self._raw = "".join(self._raw), []
        self._mode = _TEXT
        self._in_list = False
        self._say(raw, out)
        self._is_start = False

    def _open(self, out: list[ops.Operation]) -> bool:
        """Opens the call if all is known that it takes; whether it goes on."""
        if self._call_key is not None or not self._name:
            return True
        if self._careful and self._name not in self._tools:
            self._refuse(out)
            return False
        if not self._has_arguments:
            return True
        self._open_call(out)
        return True

    def _open_call(self, out: list[ops.Operation]) -> None:
        self._calls += 1
        op = self._op
        key = self._call_key = _key(op.key, "call", self._calls)
        self._call_keys.append(key)
        self._key = None
        self._blank = ""
        self._passes_blank = False
        self._touches_call = True
        self._is_start = False
        self._raw = []
        out.append(ops.Open(key, "call", self._style, op.choice, name=self._name, call_id=self._id))
        out.append(ops.Hold(key, ops.UNCLOSED))
        for piece in self._early:
            out.append(ops.Text(key, piece))
        self._early = []

    def _argue(self, piece: str, out: list[ops.Operation]) -> None:
        """A piece of the arguments."""
        if not piece:
            return
        if self._call_key is None:
            self._early.append(piece)
        else:
            out.append(ops.Text(self._call_key, piece))

    def _finish(self, out: list[ops.Operation]) -> None:
        """The call is whole."""
        if not self._name or (self._bare and not self._has_arguments):
            self._refuse(out)
            return
        if self._call_key is None:
            self._open_call(out)
        assert self._call_key is not None
        out.append(ops.Hold(self._call_key, ""))
        out.append(ops.Close(self._call_key))
        self._forget_call()
        self._mode = _AFTER_ELEMENT if self._in_list else _AFTER

    def _read_opened(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        """What follows a mark: the object of a call, a list of them, another mark, or a name."""
        match = _NOT_BLANK.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            self._keep(s[i:at], out)
            return at
        character = s[at]
        inner = self._inner_mark()
        if inner and s.startswith(inner, at):
            self._mark = inner
            self._keep(inner, out)
            self._mode = _NAME
            return at + len(inner)
        if inner and not final and inner.startswith(s[at : at + len(inner)]):
            return at
        takes_objects = "hermes" in self._styles if self._mark == "<tool_call>" else self._style != "deepseek"
        if character == "{" and takes_objects:
            self._keep(character, out)
            self._mode = _OBJECT
            return at + 1
        if takes_objects and character == "[" and not self._in_list and self._mark not in ("", ";"):
            self._keep(character, out)
            self._in_list = True
            return at + 1
        if self._takes_name() and not self._in_list and not _NO_NAME.match(character):
            self._mode = _NAME
            return at
        self._refuse(out)
        return at

    def _inner_mark(self) -> str:
        """The mark that may follow this one; empty if there is none."""
        if self._mark == "<tool_call>" and "qwen-xml" in self._styles:
            return "<function="
        return _NEXT_CALL if self._style == "deepseek" else ""

    def _takes_name(self) -> bool:
        """May a name follow the mark?"""
        return self._mark == "[TOOL_CALLS]" or (self._mark == "<tool_call>" and "glm" in self._styles)

    def _read_name(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        """A name that stands outside the arguments."""
        match = _NO_NAME.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            self._name += s[i:at]
            if not self._keep(s[i:at], out):
                return at
            if len(self._name) > _LONGEST_NAME:
                self._refuse(out)
            return at
        if self._mark == "<function=":
            if s[at] != ">" or not self._name:
                self._refuse(out)
                return at
            self._keep(">", out)
            if "qwen-xml" in self._styles:
                self._expect_parameters(PARAMETERS, "qwen-xml")
                return at + 1
            return self._expect_arguments(at + 1)
        if self._mark == "<tool_call>":
            if s[at] not in "<" + _BLANK:
                self._refuse(out)
            else:
                self._expect_parameters(ARG_KEYS, "glm")
            return at
        if self._style == "deepseek":
            return self._read_separator(s, at, final, out)
        if s[at] in "{" + _BLANK:
            return self._expect_arguments(at)
        for token in ("[ARGS]", "[CALL_ID]"):
            if s.startswith(token, at):
                self._keep(token, out)
                if token == "[ARGS]":
                    return self._expect_arguments(at + len(token))
                self._mode = _ID
                return at + len(token)
            if not final and token.startswith(s[at : at + len(token)]):
                return at
        self._refuse(out)
        return at

    def _read_id(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        at = s.find("[", i)
        at = len(s) if at < 0 else at
        if at > i:
            self._id += s[i:at]
            if self._keep(s[i:at], out) and len(self._id) > _LONGEST_NAME:
                self._refuse(out)
            return at
        if s.startswith("[ARGS]", at):
            self._keep("[ARGS]", out)
            return self._expect_arguments(at + len("[ARGS]"))
        if final or not "[ARGS]".startswith(s[at : at + 6]):
            self._refuse(out)
        return at

    def _read_separator(self, s: str, at: int, final: bool, out: list[ops.Operation]) -> int:
        """What follows a name of DeepSeek's."""
        if s.startswith(_SEPARATOR, at) and self._name:
            self._keep(_SEPARATOR, out)
            self._mode = _FENCED_ARGUMENTS
            return at + len(_SEPARATOR)
        if final or not _SEPARATOR.startswith(s[at : at + len(_SEPARATOR)]):
            self._refuse(out)
        return at

    def _read_fence(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        """The arguments after a name of DeepSeek's; or, after the word "function", the name itself, and they are in a
        fence."""
        match = _NOT_BLANK.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            self._keep(s[i:at], out)
            self._is_named = self._is_named or (self._is_typed and bool(self._name))
            return at
        if s[at] == "{" and not self._is_typed:
            return self._expect_arguments(at)
        if self._name == "function" and not self._is_typed and not _NO_NAME.match(s[at]):
            self._is_typed = True
            self._name = ""
        match = _NO_NAME.search(s, at)
        end = len(s) if match is None else match.start()
        if self._is_typed and not self._is_named and end > at:
            self._name += s[at:end]
            if self._keep(s[at:end], out) and len(self._name) > _LONGEST_NAME:
                self._refuse(out)
            return end
        if s.startswith(_FENCE, at) and self._name:
            self._keep(_FENCE, out)
            self._closings = ("```", *self._closings)
            return self._expect_arguments(at + len(_FENCE))
        if final or not _FENCE.startswith(s[at : at + len(_FENCE)]):
            self._refuse(out)
        return at

    def _expect_parameters(self, spelling: Spelling, style: TextCallStyle) -> None:
        name = self._name
        self._style = style
        self._closings = _CLOSINGS[style]
        self._parameters = Parameters(spelling, lambda key: self._kinds(name, key))
        self._mode = _PARAMETERS

    def _read_parameters(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        """Arguments between tags."""
        parameters = self._parameters
        assert parameters is not None
        if not parameters.has_begun and self._mark == "<function=" and "llama" in self._styles:
            match = _NOT_BLANK.search(s, i)
            if match is not None and s[match.start()] == "{":
                self._style = "llama"
                self._closings = _CLOSINGS["llama"]
                return self._expect_arguments(i)
        end, written, state = parameters.read(s, i, final)
        if parameters.has_begun and not self._has_arguments:
            self._has_arguments = True
            if not self._open(out):
                return i
        self._argue(written, out)
        if not self._keep(s[i:end], out):
            return end
        if state == "broken":
            self._refuse(out)
        elif state == "ended":
            self._finish(out)
        return end

    def _expect_arguments(self, at: int) -> int:
        self._mode = _ONLY_ARGUMENTS
        self._value = _Value()
        return at

    def _read_value(self, s: str, i: int, final: bool, alone: bool, out: list[ops.Operation]) -> int:
        """Arguments, or another value that is skipped."""
        value = self._value
        if alone and value.depth == 0:
            match = _NOT_BLANK.search(s, i)
            at = len(s) if match is None else match.start()
            if at > i:
                self._keep(s[i:at], out)
                return at
            if s[at] != "{":
                self._refuse(out)
                return at
            self._has_arguments = True
            if not self._open(out):
                return at
        end, ended, broken = value.read(s, i, self._closings, final)
        piece = s[i:end]
        if alone or self._this_key in _ARGUMENTS:
            self._argue(piece, out)
        if not self._keep(piece, out):
            return end
        if broken:
            self._refuse(out)
        elif ended and alone:
            self._finish(out)
        elif ended:
            self._place = _NEXT
        return end

    # The object of a call.

    def _read_object(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        place = self._place
        if place == _STRING:
            return self._read_string(s, i, out)
        if place == _CONTAINER:
            return self._read_value(s, i, final, False, out)
        if place == _SCALAR:
            match = _SCALAR_END.search(s, i)
            at = len(s) if match is None else match.start()
            self._token += s[i:at]
            if self._keep(s[i:at], out):
                if len(self._token) > _LONGEST_NAME:
                    self._refuse(out)
                elif match is not None:
                    self._end_scalar(out)
            return at
        match = _NOT_BLANK.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            self._keep(s[i:at], out)
            return at
        character = s[at]
        if place == _VALUE:
            return self._begin_value(s, at, out)
        if place == _KEY and character == '"':
            self._token = character
            self._place = _STRING
            self._this_key = ""
        elif place == _COLON and character == ":":
            self._place = _VALUE
        elif place == _NEXT and character == ",":
            self._place = _KEY
        elif character == "}" and place in (_KEY, _NEXT):
            self._objects -= 1
            self._place = _NEXT
            if self._keep(character, out) and self._objects == 0:
                self._finish(out)
            return at + 1
        else:
            self._refuse(out)
            return at
        self._keep(character, out)
        return at + 1

    def _begin_value(self, s: str, at: int, out: list[ops.Operation]) -> int:
        character, key = s[at], self._this_key
        is_arguments = key in _ARGUMENTS
        if is_arguments and self._has_arguments:
            self._refuse(out)  # they come twice
            return at
        if character in "{[":
            if key == "function" and character == "{" and self._objects == 1:
                self._objects += 1
                self._place = _KEY
                self._keep(character, out)
                return at + 1
            self._value = _Value()
            self._place = _CONTAINER
            self._has_arguments = self._has_arguments or is_arguments
            if is_arguments:
                self._open(out)
            return at
        self._token = character
        if character == '"':
            self._place = _STRING
        elif character.isalnum() or character == "-":
            self._place = _SCALAR
        else:
            self._refuse(out)
            return at
        self._keep(character, out)
        return at + 1

    def _read_string(self, s: str, i: int, out: list[ops.Operation]) -> int:
        """A key, or a value that is a string."""
        matters = not self._this_key or self._this_key in ("name", "id", "function", *_ARGUMENTS)
        n = len(s)
        at = i
        while True:
            # A backslash at the end of the text waits for what it escapes.
            sign = _STRING_SIGN.search(s, at)
            if sign is None:
                end = n
                break
            if sign.group() == '"':
                end = sign.end()
                break
            if sign.end() == n:
                end = sign.start()
                break
            at = sign.end() + 1
        piece = s[i:end]
        if matters:
            self._token += piece
        if piece and not self._keep(piece, out):
            return end
        if sign is not None and sign.group() == '"':
            self._end_string(out)
        elif matters and self._this_key not in _ARGUMENTS and len(self._token) > _LONGEST_NAME:
            self._refuse(out)
        return end

    def _end_string(self, out: list[ops.Operation]) -> None:
        token, self._token = self._token, ""
        key = self._this_key
        self._place = _COLON if not key else _NEXT
        if key and key not in ("name", "id", "function", *_ARGUMENTS):
            return
        try:
            text = json.loads(token)
        except ValueError:
            self._refuse(out)
            return
        if not key:
            self._this_key = text or " "
            if self._bare and self._call_key is None and text not in _KEYS:
                self._refuse(out)
        elif key in _ARGUMENTS:
            # JSON in a string.
            self._has_arguments = True
            self._argue(text, out)
            self._open(out)
        elif key == "id":
            self._id = self._id or text
            if self._call_key is not None:
                out.append(ops.Identify(self._call_key, "", text))
        elif self._name:
            self._refuse(out)  # it comes twice
        else:
            self._name = text
            self._open(out)

    def _end_scalar(self, out: list[ops.Operation]) -> None:
        token, self._token = self._token, ""
        self._place = _NEXT
        if self._this_key in _ARGUMENTS:
            self._has_arguments = True
            if token != "null":  # which stands for none
                self._argue(token, out)
            self._open(out)

    # After a call.

    def _read_after(self, s: str, i: int, final: bool, out: list[ops.Operation]) -> int:
        """The mark that closes a call, and what announces another one."""
        match = _NOT_BLANK.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            self._say(s[i:at], out)
            return at
        for closing in self._closings:
            if s.startswith(closing, at):
                self._blank = ""
                return at + len(closing)
            if not final and closing.startswith(s[at : at + len(closing)]):
                return at
        if s[at] == ";" and self._style == "llama" and self._touches_call:
            bare = self._bare
            self._begin(";", "llama")
            self._bare = bare
            self._careful = self._careful or bare
            return at + 1
        self._mode = _TEXT
        return at

    def _read_after_element(self, s: str, i: int) -> int:
        """What follows a call in a list of calls."""
        match = _NOT_BLANK.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            return at
        if s[at] == ",":
            style, careful = self._style, self._careful
            self._begin(",", style)
            self._in_list = True
            self._careful = careful
            return at + 1
        self._in_list = False
        self._mode = _AFTER
        return at + 1 if s[at] == "]" else at


def _unknown(name: str, key: str) -> tuple[JSONKind, ...]:
    return ()


def _key(key: ops.Key, kind: str, number: int) -> ops.Key:
    """The key of a block that comes out of another one."""
    return (*key, kind, number) if isinstance(key, tuple) else (key, kind, number)
