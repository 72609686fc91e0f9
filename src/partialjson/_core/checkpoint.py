"""Checkpoints: the state of a parser as JSON-able plain data.

Different texts can lead a lexer and its tree to the same state. A checkpoint holds the shortest such text: the document
so far, canonically spelled, with its containers left open and the cut token at the end. Restoring feeds it to a new
parser and then sets the positions, which the shorter text cannot give. So there is no second way to build a state, and
the parser itself detects a corrupt text.

A checkpoint may come from anywhere, so each other field is compared with the text and with the others before anything
is set. What is left to a forger are positions and deltas of another document that leads to this state.

A typed parser cannot be restored from values, since validated objects are not plain data. Its text is the document's
own, and restoring validates again. The same goes for one whose numbers are read by functions (``parse_float``), which
are given again.

The text is canonical: it does not depend on the chunking, so states can be compared by it.

``load_options`` and the other functions that load raise one of ``CORRUPT`` for a state that no parser saved.
"""

from __future__ import annotations

from codecs import utf_8_decode
from typing import TYPE_CHECKING, Any, Final, cast

from partialjson._core.canonical import canonical_text
from partialjson._core.checkpoint_changes import load_changes, save_changes
from partialjson._core.lexer import Lexer
from partialjson._core.machine import (
    AFTER,
    COLON,
    ENDED,
    HEX,
    KEY,
    NUMBER,
    TEXT,
    VALUE,
    WORD,
)
from partialjson._core.numbers import close_number
from partialjson._core.selection import compile_selection
from partialjson._core.tree import Tree
from partialjson._core.utf8 import BOM, Utf8
from partialjson.limits import LARGEST, Limits
from partialjson.options import ON_INVALID, ParserOptions
from partialjson.repairs import KINDS, Lenient, lenient_of

if TYPE_CHECKING:
    from mypy_extensions import i64

VERSION: Final = 1

# A target of the caller's may read a deep text by recursion.
CORRUPT: Final = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)

# How many times as long as what was read the canonical text can be: 9e15 is 9000000000000000.0, an element of five
# characters with its comma becomes one of nineteen.
MOST_CANONICAL: Final = 6


# What is refused.


def check_kind(state: object, mark: str, version: int) -> None:
    """Refuse what no ``checkpoint`` of this kind returned.

    Args:
        state: what was given.
        mark: the key under which a checkpoint of this kind has its version: "partialjson" in that of a parser,
            "sequence" in that of a sequence of documents.
        version: the version that is read.

    Raises:
        TypeError: it is the text of a checkpoint.
        ValueError: it is anything else that is no such checkpoint.
    """
    if isinstance(state, (str, bytes, bytearray)):
        raise TypeError(
            f"a checkpoint is the dict that checkpoint() returned, not {type(state).__name__}: json.loads it first"
        )
    if not isinstance(state, dict):
        raise ValueError(f"not a checkpoint: that is the dict that checkpoint() returned, not {type(state).__name__}")
    for kind, right in (("partialjson", "Parser"), ("sequence", "DocumentSequence")):
        if mark not in state and kind in state:
            raise ValueError(f"this is the checkpoint of another class; use {right}.restore")
    if state.get(mark) != version:
        raise ValueError(f"not a checkpoint of this version of partialjson (format {version})")


def corrupt(error: Exception) -> ValueError:
    """The error for a state that no parser saved; ``error`` is what came of loading it."""
    what = f"no {error}" if isinstance(error, KeyError) else str(error)
    return ValueError(f"the checkpoint is corrupt: {what or type(error).__name__}")


# Options.


def save_options(options: ParserOptions) -> dict[str, Any]:
    """The options that go with a document, as plain data."""
    limits = options.get("limits") or Limits()
    return {
        "select": options.get("select"),
        "limits": [limits.depth, limits.string, limits.number, limits.document],
        "strict": options.get("strict"),
        "by_alias": options.get("by_alias"),
        "by_name": options.get("by_name"),
        "on_invalid": options.get("on_invalid", ON_INVALID[0]),
        "predict": options.get("predict", False),
        "lenient": _save_lenient(options.get("lenient", False)),
    }


def _save_lenient(lenient: bool | Lenient) -> dict[str, Any] | None:
    """The repairs and coercions that are wanted; None for strict parsing."""
    chosen = lenient_of(lenient)
    if chosen is None:
        return None
    return {
        "kinds": [kind.value for kind in KINDS if kind in chosen.kinds],
        "coerce": chosen.coerce,
        "documents": chosen.documents,
    }


def load_options(saved: Any, has_target: bool) -> ParserOptions:
    """The options that ``save_options`` saved."""
    typed(dict, saved)
    flags: list[bool | None] = [_flag(saved[name]) for name in ("strict", "by_alias", "by_name")]
    on_invalid: Any = typed(str, saved["on_invalid"])
    predict: bool = typed(bool, saved["predict"])
    if on_invalid not in ON_INVALID:
        raise ValueError("on_invalid has an unknown value")
    if not has_target and (any(flag is not None for flag in flags) or on_invalid != ON_INVALID[0] or predict):
        raise ValueError("it has options that need a target, and no target")
    if flags[1] is False and flags[2] is not True:
        raise ValueError("with its options a field has no name")
    select: Any = saved["select"]
    if select is not None:
        compile_selection(typed(list, select))
    return {
        "select": select,
        "limits": Limits(*saved["limits"]),
        "strict": flags[0],
        "by_alias": flags[1],
        "by_name": flags[2],
        "on_invalid": on_invalid,
        "predict": predict,
        "lenient": False if saved["lenient"] is None else _load_lenient(typed(dict, saved["lenient"])),
    }


def _load_lenient(saved: Any) -> Lenient:
    return Lenient(typed(list, saved["kinds"]), typed(str, saved["coerce"]), typed(str, saved["documents"]))


# The document.


def save_document(lexer: Lexer) -> dict[str, Any]:
    """The state of a lexer and its tree."""
    return {
        "text": text_so_far(lexer),
        "pos": lexer.base,
        "line": lexer.line,
        "line_start": lexer.line_start,
        "journal": save_changes(lexer.tree, lexer.parse_float is not None or lexer.parse_int is not None),
    }


def load_document(lexer: Lexer, saved: Any, is_own: bool) -> None:
    """Take over what ``save_document`` saved; nothing has been read."""
    text = typed(str, saved["text"])
    pos = load_count(saved["pos"], lexer.max_document)
    line = load_count(saved["line"])
    line_start = load_count(saved["line_start"])
    if lexer.source is not None:
        lexer.feed(text)
        if lexer.is_mended:
            close_number(lexer)
        if pos != lexer.base or line != lexer.line or line_start != lexer.line_start:
            raise ValueError("its positions are not those of its text")
    else:
        # The text has a canonical spelling, in which closed numbers may be longer than what was read: 1E9, 1e9.
        limits = (lexer.max_number, lexer.max_document)
        lexer.max_number = lexer.max_document = LARGEST
        lexer.feed(text)
        lexer.max_number, lexer.max_document = limits
        cut = _length_of_cut_token(lexer)
        if lexer.state == NUMBER and cut > lexer.max_number:
            raise ValueError("its number passes the limit")
        if len(text) > MOST_CANONICAL * pos + 1 or lexer.tree.depth() + cut > pos:
            raise ValueError("its text is longer than what was read")
        if not is_own and lexer.tree.size() > pos:
            # Each value and each character of a string takes a character at least.
            raise ValueError("its text has more values than what was read")
        if not 1 <= line <= line_start + 1 or (line == 1) != (line_start == 0) or line_start + cut > pos:
            raise ValueError("its positions contradict each other")
    lexer.tree.take_events()
    lexer.base = pos
    lexer.line = line
    lexer.line_start = line_start
    if saved["journal"] is not None:
        load_changes(lexer.tree, saved["journal"], pos, lexer.length if lexer.tree.in_text else -1, is_own)


def _length_of_cut_token(lexer: Lexer) -> int:
    """How many characters the cut token has at least."""
    state = lexer.state
    if state == NUMBER:
        return lexer.length
    if state == WORD:
        return lexer.matched
    if state != TEXT:
        return 0
    # A quote, and what the lexer would drop.
    escape = 0 if lexer.escape == 0 else max(1, lexer.escape)
    return 1 + lexer.length + escape + (6 if lexer.high != 0 else 0)


def save_bytes(utf8: Utf8 | None) -> dict[str, Any]:
    """The state of the bytes; that of no bytes where there were none."""
    if utf8 is None:
        return {"tail": "", "byte_pos": 0, "bom_checked": False}
    return {"tail": utf8.tail.hex(), "byte_pos": utf8.pos + utf8.used, "bom_checked": utf8.bom_checked}


def load_bytes(saved: Any, are_fed: bool, read: i64, known: i64) -> Utf8 | None:
    """What ``save_bytes`` saved.

    Args:
        are_fed: the document was fed bytes.
        read: how many characters.
        known: how many bytes they were; -1 if that is not known.
    """
    tail = bytes.fromhex(typed(str, saved["tail"]))
    byte_pos = load_count(saved["byte_pos"])
    bom_checked: bool = typed(bool, saved["bom_checked"])
    if not are_fed:
        fits = byte_pos == 0 and not tail
    elif not bom_checked:
        fits = byte_pos == 0 and read == 0 and BOM.startswith(tail) and tail != BOM
    elif known >= 0:
        fits = byte_pos == known
    else:
        fits = read <= byte_pos <= 4 * read
    if not fits or utf_8_decode(tail, "strict", False) != ("", 0):
        raise ValueError("its bytes contradict its text")
    if not bom_checked and not tail:
        return None
    utf8 = Utf8()
    utf8.tail = tail
    utf8.pos = byte_pos
    utf8.bom_checked = bom_checked
    return utf8


def load_reading(tree: Tree, saved: Any) -> tuple[int, bool]:
    """What was last told of the changes, -1 for nothing, and whether an earlier time may still be asked for."""
    asked: int = typed(int, saved["asked"])
    pinned: bool = typed(bool, saved["pinned"])
    changes = tree.observer.changes if tree.observer is not None else None
    if pinned and changes is None:
        raise ValueError("it tells of changes that it does not have")
    if asked != -1 and (changes is None or not changes.floor <= asked <= changes.size):
        raise ValueError("it tells of changes that it does not have")
    return asked, pinned


def load_count(saved: Any, most: int = LARGEST) -> int:
    """A number of something, at most so many."""
    return load_number(saved, 0, most)


def load_number(saved: Any, least: int, most: int) -> int:
    """A number within bounds."""
    if not least <= typed(int, saved) <= most:
        raise ValueError(f"a number is not between {least} and {most}")
    return int(saved)


def typed(kind: Any, value: Any) -> Any:
    """``value``, which is of this type and of no subclass.

    Raises:
        TypeError: it is not.
    """
    # Not the value itself, which may be deep or huge.
    if type(value) is not kind:
        raise TypeError(f"found {type(value).__name__} where {kind.__name__} belongs")
    return value


def _flag(value: Any) -> bool | None:
    if value is not None and value is not True and value is not False:
        raise TypeError("an option must be true, false or null")
    return value


# The text.


def text_so_far(lexer: Lexer) -> str:
    """A text after which another lexer and its tree are in the same state."""
    if lexer.source is not None:
        return lexer.source.all
    tree = lexer.tree
    tree.snapshot()
    pieces: list[str] = []
    if tree.containers:
        i: i64
        for i in range(len(tree.containers)):
            _open(pieces, lexer, tree, i)
    elif tree.ground and not tree.in_text:
        pieces.append(canonical_text(tree.ground[0]))
    if tree.in_text:
        pieces.append(canonical_text(tree.text)[:-1])
    pieces.append(_cut_token(lexer))
    if lexer.state == AFTER or lexer.state == ENDED:
        # Without it a number would still be open.
        pieces.append(" ")
    return "".join(pieces)


def outline(lexer: Lexer) -> str:
    """A short text after which another lexer takes the same characters, without the values. The lexer is in no number,
    word or escape."""
    tree = lexer.tree
    state = lexer.state
    around = ['{"":' if isinstance(container, dict) else "[" for container in tree.containers[:-1]]
    if not tree.containers:
        innermost = "0 " if state == ENDED else ""
    elif not tree.in_object:
        innermost = {VALUE: "[0,", AFTER: "[0 "}.get(state, "[")
    elif state == TEXT:
        innermost = "{" if lexer.is_key else '{"":'
    else:
        innermost = {VALUE: '{"":', KEY: '{"":0,', COLON: '{""', AFTER: '{"":0 '}.get(state, "{")
    return "".join([*around, innermost, '"' if state == TEXT else ""])


def _open(pieces: list[str], lexer: Lexer, tree: Tree, i: i64) -> None:
    """The text of open container ``i`` up to what is open inside it."""
    container = tree.containers[i]
    innermost = i == len(tree.containers) - 1
    has_open_value = tree.in_text or not innermost
    state = lexer.state
    awaits_value = state == VALUE or state == NUMBER or state == WORD
    if isinstance(container, dict):
        key = tree.key if innermost else tree.keys[i + 1]
        members: list[str] = []
        for name in container:
            if not has_open_value or name != key:
                members.append(canonical_text(name) + ":" + canonical_text(container[name]))
            elif name != next(reversed(container)):
                # The open value replaces an earlier one and keeps its place among the keys.
                members.append(canonical_text(name) + ":null")
        if has_open_value or (innermost and awaits_value):
            members.append(canonical_text(key) + ":")
        elif state == COLON:
            members.append(canonical_text(key))
        elif members and (state == KEY or state == TEXT):
            members.append("")
        pieces.append("{" + ",".join(members))
    else:
        items = cast("list[object]", container)
        values = [canonical_text(item) for item in (items[:-1] if has_open_value else items)]
        if values and (has_open_value or awaits_value):
            values.append("")
        pieces.append("[" + ",".join(values))


def _cut_token(lexer: Lexer) -> str:
    """The part of the cut token that the tree does not show."""
    state = lexer.state
    if state == NUMBER:
        return lexer.token
    if state == WORD:
        return lexer.word[: lexer.matched]
    if state != TEXT:
        return ""
    text = canonical_text(lexer.token)[:-1] if lexer.is_key else ""
    if lexer.high != 0:
        text += f"\\u{lexer.high:04x}"
    if lexer.escape >= HEX:
        digits = lexer.escape - HEX
        text += "\\u" + (f"{lexer.code:04x}"[4 - digits :] if digits > 0 else "")
    elif lexer.escape == 1:
        text += "\\"
    return text
