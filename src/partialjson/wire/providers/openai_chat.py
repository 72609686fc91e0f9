"""OpenAI Chat Completions, and the many servers that speak its dialects.

Each chunk carries deltas for one or more choices. The texts of a choice (content, reasoning, refusal) are one
block each. Tool calls are told apart by the fragment's ``index``, and here the servers differ: some leave it
out, some send every call with index 0, some repeat the id or the name on each fragment, some invent a new id
for each fragment. ``_slot`` decides, in this order:

1. an unknown index opens a call;
2. at a known index a different, non-empty id together with a name opens a new call, as does a different name;
3. without an index an unknown id opens a call, a known one continues its call, and a name without an id opens
   one;
4. a fragment that could be either (a new id without a name, the old name again) opens a new call only if it
   brings arguments and those so far are a whole value;
5. everything else continues: the call at that index, or the last call.

Nothing closes a call but the end of the stream: fragments of parallel calls may interleave. ``finish_reason``
ends its choice; some servers send no ``[DONE]`` and SDKs never deliver it. A later ``finish_reason`` replaces
an earlier one, because asynchronous content filters speak up late. OpenRouter's ``native_finish_reason`` is
believed where it says that the text was cut and ``finish_reason`` does not. Errors come as ``error`` in a
chunk or instead of one, as ``object: "error"``, or in Groq's ``x_groq``.

Sources: the OpenAI API reference and the vendored chunk models of its SDK; vLLM, SGLang, Groq, Azure OpenAI,
OpenRouter, DeepSeek and Mistral documentation for their additions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.brackets import Brackets
from partialjson.wire.fields import get, get_int, get_list, get_str, plain

__all__ = ["Adapter", "read_stop"]

_API: Final = APIS["openai-chat"]


@dataclass(slots=True)
class _Slot:
    """One tool call: how to recognise its fragments, and its arguments as far as they are not yet looked
    at."""

    key: ops.Key
    id: str
    name: str
    unread: list[str] = field(default_factory=list)
    brackets: Brackets = field(default_factory=Brackets)

    def whole(self) -> bool:
        """Whether the arguments so far are a whole object or array, judged by brackets and strings alone.

        It is asked about few calls, so the fragments are kept until then; each is read once.
        """
        for text in self.unread:
            pos = 0
            while pos >= 0:
                pos = self.brackets.read(text, pos)
        self.unread.clear()
        return self.brackets.closed


@dataclass(slots=True)
class _Choice:
    texts: set[ops.Kind] = field(default_factory=set)
    slots: list[_Slot] = field(default_factory=list)
    by_index: dict[int, _Slot] = field(default_factory=dict)
    by_id: dict[str, _Slot] = field(default_factory=dict)


class Adapter:
    """Chat Completions chunks to operations."""

    _no_id = ""  # what a dialect sends for an id that it does not know

    def __init__(self) -> None:
        self._choices: dict[int, _Choice] = {}
        self._info = ops.Info()

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        if event == ops.DONE:
            return [ops.End()]
        if get(event, "type") == "chunk":
            event = get(event, "chunk")  # of the SDK's own accumulating stream
        out: list[ops.Operation] = []
        self._read_info(event, out)
        for position, choice in enumerate(get_list(event, "choices")):
            index = get_int(choice, "index")
            self._read_choice(position if index is None else index, choice, out)
        self._read_usage(event, out)
        self._read_error(event, name, out)
        return out

    def _read_info(self, event: object, out: list[ops.Operation]) -> None:
        info = ops.Info(get_str(event, "id"), get_str(event, "model"))
        if info != self._info and (info.id or info.model):
            self._info = info
            out.append(info)

    def _read_choice(self, number: int, choice: object, out: list[ops.Operation]) -> None:
        """What a chunk says of one choice; dialects with choices of another shape replace this."""
        state = self._choice(number)
        delta = get(choice, "delta")
        self._read_reasoning(number, delta, out)
        self._read_content(number, get(delta, "content"), out)
        self._text(number, "refusal", get_str(delta, "refusal"), out)
        for fragment in get_list(delta, "tool_calls"):
            _read_call(number, state, fragment, out, self._no_id)
        legacy = get(delta, "function_call")
        if legacy is not None:
            _read_call(number, state, {"index": 0, "type": "function_call", "function": legacy}, out)
        read_stop(number, choice, out)

    def _read_reasoning(self, number: int, delta: object, out: list[ops.Operation]) -> None:
        text = get_str(delta, "reasoning") or get_str(delta, "reasoning_content")
        self._text(number, "reasoning", text, out)

    def _read_content(self, number: int, content: object, out: list[ops.Operation]) -> None:
        if isinstance(content, str):
            self._text(number, "text", content, out)
            return
        for part in content if isinstance(content, (list, tuple)) else ():
            self._read_part(number, part, out)

    def _read_part(self, number: int, part: object, out: list[ops.Operation]) -> None:
        """A part of content that comes as a list, as Mistral and some gateways send it."""
        if get_str(part, "type") == "thinking":
            for thought in get_list(part, "thinking"):
                self._text(number, "reasoning", get_str(thought, "text"), out)
            self._text(number, "reasoning", get_str(part, "thinking"), out)
        else:
            self._text(number, "refusal", get_str(part, "refusal"), out)
            self._text(number, "text", get_str(part, "text"), out)

    def _choice(self, number: int) -> _Choice:
        return self._choices.setdefault(number, _Choice())

    def _text(self, number: int, kind: ops.Kind, text: str, out: list[ops.Operation]) -> None:
        if not text:
            return
        key = (number, kind)
        opened = self._choice(number).texts
        if kind not in opened:
            opened.add(kind)
            out.append(ops.Open(key, kind, kind, number))
        out.append(ops.Text(key, text))

    def _read_usage(self, event: object, out: list[ops.Operation]) -> None:
        usage = get(event, "usage") or get(get(event, "x_groq"), "usage")
        counts = plain(usage)
        if isinstance(counts, Mapping):
            out.append(ops.Usage(counts))

    def _read_error(self, event: object, name: str, out: list[ops.Operation]) -> None:
        error = get(event, "error") or get(get(event, "x_groq"), "error")
        if not error and (get_str(event, "object") == "error" or name == "error"):
            error = event
        if not error:
            return
        if isinstance(error, str):
            out.append(ops.Error(error, body=error))
            return
        code = get(error, "code")
        out.append(
            ops.Error(
                get_str(error, "message"),
                get_str(error, "type"),
                code if isinstance(code, (str, int)) else None,
                plain(error),
            )
        )


def read_stop(number: int, choice: object, out: list[ops.Operation]) -> None:
    """The reason for which a choice stops, if the chunk tells one."""
    word, native = get_str(choice, "finish_reason"), get_str(choice, "native_finish_reason")
    if not word:
        return
    reason = _API.reason(word.lower())
    if reason in ("complete", "tool_calls"):
        # OpenRouter passes on that a call was cut off in the backend's word only.
        reason = _API.reasons.get(native.lower(), reason)
    details = {"native_finish_reason": native} if native else None
    out.append(ops.Stop(reason, word, number, terminal=True, details=details))


def _read_call(number: int, state: _Choice, fragment: object, out: list[ops.Operation], no_id: str = "") -> None:
    function = get(fragment, "function")
    index, call_id, name = get_int(fragment, "index"), get_str(fragment, "id"), get_str(function, "name")
    if call_id == no_id:
        call_id = ""
    arguments = get(function, "arguments")
    empty = arguments is None or arguments == ""
    slot = _slot(state, index, call_id, name, empty)
    if slot is None:
        slot = _Slot((number, "call", len(state.slots)), call_id, name)
        state.slots.append(slot)
        kind = get_str(fragment, "type") or "function"
        out.append(ops.Open(slot.key, "call", kind, number, index, name, call_id))
    elif (name and not slot.name) or (call_id and not slot.id):
        slot.name = slot.name or name
        slot.id = slot.id or call_id
        out.append(ops.Identify(slot.key, slot.name, slot.id))
    if index is not None:
        state.by_index[index] = slot
    if call_id:
        state.by_id[call_id] = slot
    extra = get(fragment, "extra_content")
    if extra is not None:
        out.append(ops.Attach(slot.key, "extra_content", plain(extra)))
    if isinstance(arguments, str) and arguments:
        slot.unread.append(arguments)
        out.append(ops.Text(slot.key, arguments))
    elif not empty:
        slot.brackets.begun = True
        out.append(ops.Value(slot.key, plain(arguments)))


def _slot(state: _Choice, index: int | None, call_id: str, name: str, empty: bool) -> _Slot | None:
    """The call that a fragment continues, or None if it begins one; the module's text gives the rules."""
    if index is not None:
        slot = state.by_index.get(index)
    elif call_id:
        slot = state.by_id.get(call_id)
    else:
        slot = state.slots[-1] if state.slots and not name else None
    if slot is None:
        return None
    if call_id and call_id == slot.id:
        return slot
    other_id = bool(call_id and slot.id)
    other_name = bool(name and slot.name and name != slot.name)
    if other_name or (other_id and name):
        return None
    doubtful = (other_id or name) and not empty
    return None if doubtful and slot.whole() else slot
