"""What one choice of Chat Completions says: its texts, and what comes beside them.

**What comes beside the text** is attached to the text's block, under the server's name for it; what comes before the
text waits for it. If no text comes, the last block has it, and if there is no block, one of kind "other" and type
"message".

**Reasoning** comes as text, as parts of the content, or as details, which have to be sent back whole: they are attached
to the reasoning. Fragments that follow each other and have the same type and index are joined first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from partialjson.wire import ops
from partialjson.wire.fields import (
    as_list,
    as_mapping,
    as_str,
    get,
    get_str,
    members,
    plain,
    says_something,
    unread,
)
from partialjson.wire.providers._chat_calls import Calls

__all__ = [
    "Choice",
    "block_beside",
    "flush_details",
    "note",
    "read_audio",
    "read_detail",
    "read_logprobs",
    "read_part",
    "read_text",
    "reasoning_key",
    "without",
]

_THINKING: Final = frozenset({"type", "thinking", "signature", "closed"})
_TEXT_PART: Final = frozenset({"type", "text", "refusal", "annotations", "citations", "index", "cache_control"})


@dataclass(slots=True)
class _Detail:
    """Reasoning details that are being joined: the fields of the last, and the fragments of its text."""

    of: tuple[object, object]  # its type and index
    fields: dict[str, object]
    text_field: str
    pieces: list[str]


@dataclass(slots=True)
class Choice:
    """What is known of one choice: the keys of its texts, its calls, and what waits for a text to be attached to.

    Attributes:
        details: reasoning details that are being joined, by the names of their fields.
        noted, collected: what was attached whole, and the names of what is collected from deltas.
        role: whether a delta told who speaks.
        plain_reasoning: whether reasoning comes as text of its own, so that the same text in its details is not new.
        doubted: whether it was told that none of its calls may be run.
        stopped: the last word for why it stops.
    """

    number: int
    texts: dict[ops.Kind, ops.Key] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)
    waiting: list[tuple[str, object, bool]] = field(default_factory=list)
    beside: ops.Key | None = None
    details: dict[str, _Detail] = field(default_factory=dict)
    noted: dict[str, object] = field(default_factory=dict)
    collected: set[str] = field(default_factory=set)
    role: bool = False
    plain_reasoning: bool = False
    doubted: bool = False
    stopped: ops.Stop | None = None


def read_text(state: Choice, kind: ops.Kind, text: str, out: list[ops.Operation]) -> None:
    """More of one of the texts of the choice."""
    if not text:
        return
    key = state.texts.get(kind)
    if key is None:
        key = state.texts[kind] = (state.number, kind)
        out.append(ops.Open(key, kind, kind, state.number))
        if kind == "text":
            out += [ops.Attach(key, name, value, append) for name, value, append in state.waiting]
            state.waiting = []
    out.append(ops.Text(key, text))


def note(state: Choice, name: str, value: object, out: list[ops.Operation], append: bool = True) -> None:
    """Attaches something to the text of the choice, now or when it begins."""
    key = state.texts.get("text", state.beside)
    if key is None and state.stopped is not None:
        key = block_beside(state, out)
    if key is None:
        state.waiting.append((name, value, append))
    else:
        out.append(ops.Attach(key, name, value, append))


def block_beside(state: Choice, out: list[ops.Operation]) -> ops.Key:
    """The block that has what comes beside the text of an answer without any."""
    slots = state.calls.slots
    keys = [slots[-1].key] if slots else [state.texts[kind] for kind in ("refusal", "reasoning") if kind in state.texts]
    key = state.beside = keys[0] if keys else (state.number, "message")
    if not keys:
        out.append(ops.Open(key, "other", "message", state.number))
    out += [ops.Attach(key, name, value, append) for name, value, append in state.waiting]
    state.waiting = []
    return key


def reasoning_key(state: Choice, out: list[ops.Operation]) -> ops.Key:
    """The block of the reasoning, which may be encrypted and have no text."""
    key = state.texts.get("reasoning")
    if key is None:
        key = state.texts["reasoning"] = (state.number, "reasoning")
        out.append(ops.Open(key, "reasoning", "reasoning", state.number))
    return key


def read_part(state: Choice, part: object, out: list[ops.Operation]) -> None:
    """A part of content that comes as a list, as Mistral and some gateways send it."""
    if isinstance(part, str):
        read_text(state, "text", as_str(part), out)
        return
    fields = members(part)
    kind = as_str(fields.get("type"))
    if kind == "thinking":
        thinking = fields.get("thinking")
        read_text(state, "reasoning", as_str(thinking), out)
        for thought in as_list(thinking):
            text = get_str(thought, "text")
            if text or get_str(thought, "type") in ("", "text"):
                read_text(state, "reasoning", text, out)
            else:
                out.append(ops.Attach(reasoning_key(state, out), get_str(thought, "type"), plain(thought), True))
        signature = fields.get("signature")
        if signature:
            out.append(ops.Attach(reasoning_key(state, out), "signature", signature))
        unread(fields, _THINKING, "thinking.", out)
        return
    refusal, text = as_str(fields.get("refusal")), as_str(fields.get("text"))
    read_text(state, "refusal", refusal, out)
    read_text(state, "text", text, out)
    if kind in ("text", "output_text", "refusal", "") or text or refusal:
        for name in ("annotations", "citations"):
            for each in as_list(fields.get(name)):
                note(state, name, plain(each), out)
        unread(fields, _TEXT_PART, "content.", out)
    else:
        note(state, kind, plain(part), out)


def read_detail(state: Choice, name: str, detail: object, out: list[ops.Operation]) -> None:
    """Details of the reasoning that have to be sent back: text, a summary, a signature, encrypted data."""
    fields = as_mapping(plain(detail))
    if fields is None:
        out.append(ops.Unread("field", f"delta.{name}"))
        return
    text_field = next((each for each in ("text", "summary", "thinking") if isinstance(fields.get(each), str)), "")
    text = as_str(fields.get(text_field))
    if text and not state.plain_reasoning:
        read_text(state, "reasoning", text, out)
    of = fields.get("type"), fields.get("index")
    open_ = state.details.get(name)
    if open_ is None or open_.of != of or (text_field and open_.text_field not in ("", text_field)):
        flush_details(state, name, out)
        open_ = state.details[name] = _Detail(of, {}, "", [])
    open_.text_field = open_.text_field or text_field
    for key, value in fields.items():
        if key == text_field:
            open_.pieces.append(text)
        if says_something(value) or key not in open_.fields:
            open_.fields[key] = value
    if says_something(fields.get("signature")) or says_something(fields.get("data")):
        flush_details(state, name, out)


def flush_details(state: Choice, name: str, out: list[ops.Operation]) -> None:
    """Attaches the details that were joined."""
    detail = state.details.pop(name, None)
    if detail is None:
        return
    if detail.text_field:
        detail.fields[detail.text_field] = "".join(detail.pieces)
    state.collected.add(name)
    out.append(ops.Attach(reasoning_key(state, out), name, detail.fields, append=True))


def read_audio(state: Choice, audio: object, out: list[ops.Operation]) -> None:
    """Speech: its transcript is the text, and the rest is attached in the pieces in which it came."""
    read_text(state, "text", get_str(audio, "transcript"), out)
    rest = without(audio, "transcript")
    if says_something(rest):
        note(state, "audio", rest, out)


def read_logprobs(state: Choice, logprobs: object, out: list[ops.Operation]) -> None:
    """Log-probabilities, one for each token of the text."""
    tokens = as_list(get(logprobs, "content"))
    refused = as_list(get(logprobs, "refusal"))
    for token in tokens:
        note(state, "logprobs", plain(token), out)
    key = state.texts.get("refusal")
    for token in refused:
        if key is None:
            note(state, "logprobs", plain(token), out)
        else:
            out.append(ops.Attach(key, "logprobs", plain(token), append=True))
    if not tokens and not refused and says_something(get(logprobs, "tokens")):
        note(state, "logprobs", plain(logprobs), out)  # in the form of Completions


def without(value: object, name: str) -> object:
    fields = as_mapping(plain(value))
    return None if fields is None else {key: each for key, each in fields.items() if key != name}
