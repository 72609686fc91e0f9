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
an earlier one, because asynchronous content filters report late. OpenRouter's ``native_finish_reason`` is used if it
says that the text was cut off and ``finish_reason`` does not. Errors come as ``error`` in a chunk or instead of one, as
``object: "error"``, or in Groq's ``x_groq``.

Sources: the OpenAI API reference and the vendored chunk models of its SDK; vLLM, SGLang, Groq, Azure OpenAI,
OpenRouter, DeepSeek and Mistral documentation for their additions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.brackets import Brackets
from partialjson.wire.fields import Members, as_int, as_list, as_mapping, as_str, get, get_list, get_str, members, plain

__all__ = ["Adapter", "Choice", "read_stop", "read_text"]

_API: Final = APIS["openai-chat"]


@dataclass(slots=True)
class _Slot:
    """One tool call: how to recognise its fragments, and those of its arguments that were not examined yet."""

    key: ops.Key
    id: str
    name: str
    unread: list[str] = field(default_factory=list)
    brackets: Brackets = field(default_factory=Brackets)

    def whole(self) -> bool:
        """Whether the arguments so far are a complete object or array, judged by brackets and strings alone.

        This is needed for few calls, so the fragments are kept until then; each is read once.
        """
        for text in self.unread:
            pos = 0
            while pos >= 0:
                pos = self.brackets.read(text, pos)
        self.unread.clear()
        return self.brackets.closed


@dataclass(slots=True)
class Choice:
    """What is known of one choice: the keys of its texts, and its calls."""

    number: int
    texts: dict[ops.Kind, ops.Key] = field(default_factory=dict)
    slots: list[_Slot] = field(default_factory=list)
    by_index: dict[int, _Slot] = field(default_factory=dict)
    by_id: dict[str, _Slot] = field(default_factory=dict)


class Adapter:
    """Chat Completions chunks to operations."""

    _no_id = ""  # what a dialect sends for an id that it does not know

    def __init__(self) -> None:
        self._choices: dict[int, Choice] = {}
        self._info = ops.Info()
        self._told: tuple[object, object] = None, None  # the id and the model as the last chunk had them

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        if isinstance(event, str) and event == ops.DONE:
            return [ops.End()]
        chunk = members(event)
        if chunk.get("type") == "chunk":
            event = chunk.get("chunk")  # of the SDK's own accumulating stream
            chunk = members(event)
        out: list[ops.Operation] = []
        told = chunk.get("id"), chunk.get("model")
        if told != self._told:
            self._told = told
            self._read_info(ops.Info(as_str(told[0]), as_str(told[1])), out)
        for position, choice in enumerate(as_list(chunk.get("choices"))):
            fields = members(choice)
            index = as_int(fields.get("index"))
            self._read_choice(self._choice(position if index is None else index), fields, out)
        groq = members(chunk.get("x_groq"))
        usage = chunk.get("usage") or groq.get("usage")
        if usage is not None:
            _read_usage(usage, out)
        error = chunk.get("error") or groq.get("error")
        if not error and (name == "error" or chunk.get("object") == "error"):
            error = event
        if error:
            _read_error(error, out)
        return out

    def _read_info(self, info: ops.Info, out: list[ops.Operation]) -> None:
        if info != self._info and (info.id or info.model):
            self._info = info
            out.append(info)

    def _read_choice(self, state: Choice, choice: Members, out: list[ops.Operation]) -> None:
        """The part of a chunk for one choice; dialects with choices of another shape override this."""
        delta = members(choice.get("delta"))
        reasoning = as_str(delta.get("reasoning")) or as_str(delta.get("reasoning_content"))
        if reasoning:
            read_text(state, "reasoning", reasoning, out)
        content = delta.get("content")
        if content:
            self._read_content(state, content, out)
        refusal = as_str(delta.get("refusal"))
        if refusal:
            read_text(state, "refusal", refusal, out)
        for fragment in as_list(delta.get("tool_calls")):
            _read_call(state, fragment, out, self._no_id)
        legacy = delta.get("function_call")
        if legacy is not None:
            _read_call(state, {"index": 0, "type": "function_call", "function": legacy}, out)
        read_stop(state, choice, out)

    def _read_content(self, state: Choice, content: object, out: list[ops.Operation]) -> None:
        if isinstance(content, str):
            read_text(state, "text", as_str(content), out)
            return
        for part in content if isinstance(content, (list, tuple)) else ():
            _read_part(state, part, out)

    def _choice(self, number: int) -> Choice:
        state = self._choices.get(number)
        if state is None:
            state = self._choices[number] = Choice(number)
        return state


def _read_part(state: Choice, part: object, out: list[ops.Operation]) -> None:
    """A part of content that comes as a list, as Mistral and some gateways send it."""
    if get_str(part, "type") == "thinking":
        for thought in get_list(part, "thinking"):
            read_text(state, "reasoning", get_str(thought, "text"), out)
        read_text(state, "reasoning", get_str(part, "thinking"), out)
    else:
        read_text(state, "refusal", get_str(part, "refusal"), out)
        read_text(state, "text", get_str(part, "text"), out)


def read_text(state: Choice, kind: ops.Kind, text: str, out: list[ops.Operation]) -> None:
    if not text:
        return
    key = state.texts.get(kind)
    if key is None:
        key = state.texts[kind] = (state.number, kind)
        out.append(ops.Open(key, kind, kind, state.number))
    out.append(ops.Text(key, text))


def _read_usage(usage: object, out: list[ops.Operation]) -> None:
    counts = as_mapping(plain(usage))
    if counts is not None:
        out.append(ops.Usage(counts))


def _read_error(error: object, out: list[ops.Operation]) -> None:
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


def read_stop(state: Choice, choice: Members, out: list[ops.Operation]) -> None:
    """The reason for which a choice stops, if the chunk tells one."""
    word = as_str(choice.get("finish_reason"))
    if not word:
        return
    native = as_str(choice.get("native_finish_reason"))
    reason = _API.reason(word.lower())
    if reason in ("complete", "tool_calls"):
        # OpenRouter reports that a call was cut off only in the backend's own word.
        reason = _API.reasons.get(native.lower(), reason)
    details = {"native_finish_reason": native} if native else None
    out.append(ops.Stop(reason, word, state.number, terminal=True, details=details))


def _read_call(state: Choice, fragment: object, out: list[ops.Operation], no_id: str = "") -> None:
    fields = members(fragment)
    function = members(fields.get("function"))
    index, call_id, name = as_int(fields.get("index")), as_str(fields.get("id")), as_str(function.get("name"))
    if call_id == no_id:
        call_id = ""
    arguments = function.get("arguments")
    empty = arguments is None or arguments == ""
    slot = _slot(state, index, call_id, name, empty)
    if slot is None:
        slot = _Slot((state.number, "call", len(state.slots)), call_id, name)
        state.slots.append(slot)
        kind = as_str(fields.get("type")) or "function"
        out.append(ops.Open(slot.key, "call", kind, state.number, index, name, call_id))
    elif (name and not slot.name) or (call_id and not slot.id):
        slot.name = slot.name or name
        slot.id = slot.id or call_id
        out.append(ops.Identify(slot.key, slot.name, slot.id))
    if index is not None:
        state.by_index[index] = slot
    if call_id:
        state.by_id[call_id] = slot
    extra = fields.get("extra_content")
    if extra is not None:
        out.append(ops.Attach(slot.key, "extra_content", plain(extra)))
    if isinstance(arguments, str) and arguments:
        slot.unread.append(arguments)
        out.append(ops.Text(slot.key, arguments))
    elif not empty:
        slot.brackets.begun = True
        out.append(ops.Value(slot.key, plain(arguments)))


def _slot(state: Choice, index: int | None, call_id: str, name: str, empty: bool) -> _Slot | None:
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
