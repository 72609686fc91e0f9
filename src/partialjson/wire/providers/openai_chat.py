"""OpenAI Chat Completions, and the many servers that speak its dialects.

Each chunk carries deltas for one or more choices. The texts of a choice (content, reasoning, refusal) are one block
each, and what comes beside them is attached to them: see ``_chat_texts``. Fragments of calls are told apart in
``_chat_calls``. Nothing closes a call but the end of the stream: fragments of parallel calls may interleave.

``finish_reason`` ends its choice; some servers send no ``[DONE]`` and SDKs never deliver it. A later ``finish_reason``
replaces an earlier one, because asynchronous content filters report late. OpenRouter's ``native_finish_reason`` is used
if it says that the text was cut off and ``finish_reason`` does not. Errors come as ``error`` in a chunk, in a choice or
instead of a chunk, as ``object: "error"``, in Groq's ``x_groq`` or in MiniMax's ``base_resp``.

**Whole messages.** A choice may bring ``message`` in place of ``delta``: the whole answer in one event, or once more at
the end. Its texts and arguments are restated. Perplexity sends both in each chunk; then the delta counts.

**Calls of another choice.** Proxies put the number of a content block where the index of the choice belongs. If a
choice ends and has no call, and others consist of calls only and have neither a role nor an end, then these calls are
its own: they are withdrawn there and told again here.

**Names of fields.** The sets below name what is read, and what is not worth a place, with the reason. Any other field
that holds something is reported as not understood.

Sources: the OpenAI API reference and the vendored chunk models of its SDK; vLLM, SGLang, llama.cpp, Groq, Azure OpenAI,
OpenRouter, DeepSeek, Mistral, Perplexity, Together, MiniMax, Zhipu, LiteLLM and GitHub Copilot for their additions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import (
    Members,
    as_int,
    as_list,
    as_str,
    error_of,
    get,
    get_int,
    get_str,
    members,
    plain,
    read_usage,
    says_something,
    unread,
    unread_event,
)
from partialjson.wire.providers._chat_calls import MISPLACED, Slot
from partialjson.wire.providers._chat_texts import (
    Choice,
    block_beside,
    flush_details,
    note,
    read_audio,
    read_detail,
    read_logprobs,
    read_part,
    read_text,
    reasoning_key,
    without,
)

__all__ = ["Adapter", "read_stop"]

_API: Final = APIS["openai-chat"]

# What is attached to the text, from each place. The last value counts in a chunk; in a delta, values are collected.
_CHUNK_NOTES: Final = (
    "citations",  # Perplexity and others: addresses, by the numbers in the text
    "search_results",  # Perplexity
    "images",  # Perplexity
    "videos",  # Perplexity
    "related_questions",  # Perplexity
    "web_search",  # Zhipu
    "grounding_metadata",  # Gemini behind proxies
    "vertex_ai_grounding_metadata",
    "vertex_ai_url_context_metadata",
    "vertex_ai_citation_metadata",
    "moderation",  # OpenAI
    "cost",  # Venice
    "copilot_usage",  # GitHub Copilot: the bill
)
_DELTA_NOTES: Final = (
    "annotations",  # OpenAI, OpenRouter: citations with their positions
    "citations",  # xAI, LiteLLM
    "images",  # OpenRouter, LiteLLM: generated images
    "videos",
    "files",
    "documents",
    "executed_tools",  # Groq: what its compound models ran
    "search_results",
    "metadata",  # Mistral
    "extra_content",  # Gemini: the signature of a thought
    "provider_specific_fields",  # LiteLLM
    "context",  # Azure, on your data: citations and the query
    "grounding_metadata",  # Gemini behind proxies
    "graph_data",  # Writer: what it knows and where from
)
_REASONING_NOTES: Final = ("reasoning_opaque", "reasoning_signature", "signature", "thought_signature")
_REASONING_PARTS: Final = ("reasoning_details", "thinking_blocks")
_CALL_NOTES: Final = ("extra_content", "provider_specific_fields", "thought_signature", "signature", "caller")

_CHUNK: Final = frozenset(
    {"id", "model", "choices", "usage", "error", "x_groq", "base_resp", "type", "chunk", *_CHUNK_NOTES}
    | {"object", "created", "service_tier", "system_fingerprint", "stream_options", "metadata"}  # the envelope
    | {"obfuscation", "p"}  # padding
    | {"provider", "request_id", "requestId", "sla_metrics", "nvext"}  # which backend served it
    | {"prompt_filter_results", "prompt_token_ids", "prompt_logprobs", "prompt_routed_experts"}  # about the prompt
    | {
        "timings",
        "time_info",
        "prompt_progress",
        "kv_transfer_params",
        "__verbose",
    }  # how the server fared: llama.cpp, vLLM
    | {"input_sensitive", "output_sensitive", "input_sensitive_type", "output_sensitive_type", "output_sensitive_int"}
    | {"code", "message", "param", "status", "detail"}  # of an error
)
_CHOICE: Final = frozenset(
    {"index", "delta", "message", "text", "finish_reason", "native_finish_reason", "logprobs", "usage", "error"}
    | {"content_filter_results", "content_filter_result", "content_filter_offsets", "end_turn"}  # Azure
    | {"stop_reason", "matched_stop"}  # vLLM, SGLang: what stopped it; in the details of the end
    | {"token_ids", "routed_experts", "hidden_states", "seed", "prompt_logprobs", "prompt_token_ids"}  # internals
)
_DELTA: Final = frozenset(
    {"content", "refusal", "reasoning", "reasoning_content", "reasoning_text", "tool_calls", "function_call", "audio"}
    | {"role", "name", "channel", "tool_call_id", "index", "token_id"}  # who speaks, and the numbers of some servers
    | {"audio_content", "parsed", "prefix", "stop_reason"}  # MiniMax's empty field; what an SDK adds
    | {*_DELTA_NOTES, *_REASONING_NOTES, *_REASONING_PARTS}
)
_CALL: Final = frozenset({"index", "id", "type", "function", "custom", "name", "arguments", "input", *_CALL_NOTES})
_FUNCTION: Final = frozenset({"name", "arguments", "input", "parsed_arguments", "output", "description", *_CALL_NOTES})
_GROQ: Final = frozenset({"id", "usage", "error", "usage_breakdown", "seed", "debug"})

# Events of the SDK's accumulating stream, which tell again what its chunks have told.
_RETOLD: Final = frozenset(
    {
        "content.delta",
        "content.done",
        "refusal.delta",
        "refusal.done",
        "logprobs.content.delta",
        "logprobs.content.done",
        "logprobs.refusal.delta",
        "logprobs.refusal.done",
        "tool_calls.function.arguments.delta",
        "tool_calls.function.arguments.done",
    }
)


class Adapter:
    """Chat Completions chunks to operations.

    Attributes:
        tools: the names of the caller's tools, as far as they are known; they tell a name in pieces from two names.
    """

    tools: Collection[str] = ()
    _no_id = ""  # what a dialect sends for an id that it does not know

    def __init__(self) -> None:
        self._choices: dict[int, Choice] = {}
        self._first: Choice | None = None  # the one with the lowest number
        self._ended = False
        self._chunk: Members = {}
        self._info = ops.Info()
        self._told: tuple[object, object] = None, None  # the id and the model as the last chunk had them

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        if isinstance(event, str) and event == ops.DONE:
            self._end(out)
            return out
        chunk = members(event)
        kind = chunk.get("type")
        if kind == "chunk":
            event = chunk.get("chunk")  # of the SDK's own accumulating stream
            chunk = members(event)
        self._chunk = chunk
        told = chunk.get("id"), chunk.get("model")
        if told != self._told:
            self._told = told
            self._read_info(ops.Info(as_str(told[0]), as_str(told[1])), out)
        choices = chunk.get("choices")
        state = None
        for position, choice in enumerate(as_list(choices)):
            fields = members(choice)
            index = as_int(fields.get("index"))
            state = self._choice(position if index is None else index)
            self._read_choice(state, fields, out)
        usage = chunk.get("usage")
        if usage is not None:
            read_usage(usage, out)
        if (
            type(chunk) is dict
            and choices is not None
            and _QUIET_CHUNK.issuperset(chunk)
            and not chunk.get("moderation")
        ):
            return out
        error = chunk.get("error")
        if not error and (name == "error" or chunk.get("object") == "error"):
            error = event
        groq = chunk.get("x_groq")
        if groq is not None:
            fields = members(groq)
            unread(fields, _GROQ, "x_groq.", out)
            if usage is None:
                read_usage(fields.get("usage"), out)
            error = error or fields.get("error")
        if error:
            out.append(error_of(error))
        self._read_rest(state, chunk, out)
        if choices is not None or any(not isinstance(op, ops.Info) for op in out):
            unread(chunk, _CHUNK, "", out)
        else:
            kind = as_str(kind) or name
            if kind not in _RETOLD:
                unread_event(event, kind, _CHUNK, out)
        return out

    def _read_info(self, info: ops.Info, out: list[ops.Operation]) -> None:
        if info != self._info and (info.id or info.model):
            self._info = info
            out.append(info)

    def _read_rest(self, state: Choice | None, chunk: Members, out: list[ops.Operation]) -> None:
        """What only some servers send in a chunk beside its choices."""
        status = chunk.get("base_resp")
        if status is not None:
            code = get_int(status, "status_code")
            if code:
                out.append(ops.Error(get_str(status, "status_msg"), code=code, body=plain(status)))
        for name in _CHUNK_NOTES:
            value = chunk.get(name)
            if says_something(value):
                state = state or self._first or self._choice(0)
                self._note_whole(state, name, value, out)

    def _read_choice(self, state: Choice, choice: Members, out: list[ops.Operation]) -> None:
        """The part of a chunk for one choice; dialects with choices of another shape override this."""
        told = choice.get("delta")
        delta = members(told)
        quiet = type(choice) is dict and told is not None and _QUIET_CHOICE.issuperset(choice)
        one = quiet and type(told) is dict and len(told) == 1  # as nearly all are
        content = delta.get("content") if one else None
        fragments = delta.get("tool_calls") if one else None
        if type(content) is str:
            read_text(state, "text", content, out)
        elif type(fragments) is list:
            for fragment in fragments:
                self._read_call(state, fragment, out)
        else:
            self._read_delta(state, delta, out)
            if not quiet:
                self._read_around(state, choice, delta, out)
        logprobs = choice.get("logprobs")
        if logprobs is not None:
            read_logprobs(state, logprobs, out)
        if choice.get("finish_reason"):
            self._stop(state, choice, out)

    def _read_around(self, state: Choice, choice: Members, delta: Members, out: list[ops.Operation]) -> None:
        """What only some servers send in a choice."""
        told = choice.get("delta")
        message = choice.get("message")
        if message is not None and not _brings(delta):
            if told is None and self._chunk.get("object") == "chat.completion.chunk":
                self._read_delta(state, members(message), out)  # "message" is but another name
            else:
                self._read_message(state, members(message), out)
        elif told is None and message is None:
            read_text(state, "text", as_str(choice.get("text")), out)
        unread(choice, _CHOICE, "choice.", out)
        usage = choice.get("usage")
        if usage is not None:
            read_usage(usage, out)
        error = choice.get("error")
        if error:
            out.append(error_of(error))

    def _read_delta(self, state: Choice, delta: Members, out: list[ops.Operation]) -> None:
        more = type(delta) is not dict or not _PLAIN.issuperset(delta)
        reasoning = _reasoning(delta)
        if reasoning:
            state.plain_reasoning = True
            read_text(state, "reasoning", reasoning, out)
        if more:
            self._read_thoughts(state, delta, out)
        content = delta.get("content")
        if content:
            self._read_content(state, content, out)
        refusal = delta.get("refusal")
        if refusal:
            read_text(state, "refusal", as_str(refusal), out)
        fragments = delta.get("tool_calls")
        if fragments:
            for fragment in _listed(fragments):
                self._read_call(state, fragment, out)
        legacy = delta.get("function_call")
        if legacy is not None:
            self._read_call(state, {"index": 0, "type": "function_call", "function": legacy}, out)
        audio = delta.get("audio")
        if audio is not None:
            read_audio(state, audio, out)
        if more:
            self._read_beside(state, delta, out)
        if not state.role and delta.get("role"):
            state.role = True

    def _read_thoughts(self, state: Choice, delta: Members, out: list[ops.Operation]) -> None:
        """What a delta holds beside the text of the reasoning."""
        for name in _REASONING_PARTS:
            for detail in as_list(delta.get(name)):
                read_detail(state, name, detail, out)
        for name in _REASONING_NOTES:
            value = delta.get(name)
            if says_something(value):
                out.append(ops.Attach(reasoning_key(state, out), name, plain(value)))

    def _read_beside(self, state: Choice, delta: Members, out: list[ops.Operation]) -> None:
        """What a delta holds beside texts and calls."""
        for name in _DELTA_NOTES:
            value = delta.get(name)
            if says_something(value):
                state.collected.add(name)
                for each in map(plain, _listed(value)):
                    if says_something(each):
                        note(state, name, each, out)
        unread(delta, _DELTA, "delta.", out)

    def _read_message(self, state: Choice, message: Members, out: list[ops.Operation]) -> None:
        """The whole answer, for the first time or once more."""
        content = message.get("content")
        if not isinstance(content, str):
            if "text" not in state.texts:
                self._read_content(state, content, out)
            content = ""
        texts: tuple[tuple[ops.Kind, str], ...] = (
            ("reasoning", _reasoning(message)),
            ("text", as_str(content) or get_str(message.get("audio"), "transcript")),
            ("refusal", as_str(message.get("refusal"))),
        )
        for kind, text in texts:
            key = state.texts.get(kind)
            if key is None:
                state.plain_reasoning = state.plain_reasoning or (kind == "reasoning" and bool(text))
                read_text(state, kind, text, out)
            elif text:
                out.append(ops.Restate(key, text))
        audio = without(message.get("audio"), "transcript")
        if says_something(audio):
            self._note_whole(state, "audio", audio, out)
        for name in _DELTA_NOTES:
            if name not in state.collected:
                self._note_whole(state, name, message.get(name), out)
        for name in (*_REASONING_NOTES, *_REASONING_PARTS):
            value = _plain_items(message.get(name))
            if says_something(value) and name not in state.collected and state.noted.get(name) != value:
                state.noted[name] = value
                out.append(ops.Attach(reasoning_key(state, out), name, value))
        calls = _listed(message.get("tool_calls"))
        legacy = message.get("function_call")
        if legacy is not None and not calls:
            calls = ({"type": "function_call", "function": legacy},)
        self._read_whole_calls(state, calls, out)
        unread(message, _DELTA, "message.", out)

    def _note_whole(self, state: Choice, name: str, value: object, out: list[ops.Operation]) -> None:
        """Attaches what may have been told before, if it has changed."""
        value = _plain_items(value)
        if says_something(value) and state.noted.get(name) != value:
            state.noted[name] = value
            note(state, name, value, out, append=False)

    def _read_whole_calls(self, state: Choice, calls: Collection[object], out: list[ops.Operation]) -> None:
        slots, before = state.calls.slots, len(state.calls.slots)
        for position, call in enumerate(calls):
            id = get_str(call, "id")
            here = slots[position] if position < before else None
            slot = here if here is not None and here.id in ("", id) else state.calls.with_id(id) if before else None
            if slot is None:
                self._read_call(state, _numbered(call, position), out)
                continue
            function = get(call, "custom" if slot.free else "function")
            arguments = get(function, "input" if slot.free else "arguments")
            if isinstance(arguments, str):
                out.append(ops.Restate(slot.key, arguments))
                if slot.bare() and arguments:
                    state.calls.took(slot, arguments)
            elif arguments is not None:
                out.append(ops.Value(slot.key, plain(arguments)))

    def _read_content(self, state: Choice, content: object, out: list[ops.Operation]) -> None:
        if isinstance(content, str):
            read_text(state, "text", as_str(content), out)
            return
        for part in _listed(content):
            read_part(state, part, out)

    def _choice(self, number: int) -> Choice:
        state = self._choices.get(number)
        if state is None:
            state = self._choices[number] = Choice(number)
            if self._first is None or number < self._first.number:
                self._first = state
        return state

    # Calls

    def _read_call(self, state: Choice, fragment: object, out: list[ops.Operation]) -> None:
        fields = members(fragment)
        told = fields.get("function")
        calls = state.calls
        if type(told) is dict and len(told) == 1 and type(fields) is dict and len(fields) == 2:
            # An index and a piece of the arguments, as nearly all are.
            index, arguments = fields.get("index"), told.get("arguments")
            if type(index) is int and type(arguments) is str and arguments:
                slot = calls.at(index)
                if slot is not None:
                    calls.took(slot, arguments)
                    out.append(ops.Text(slot.key, arguments))
                    return
        function = members(told)
        custom = fields.get("custom")
        if custom is not None:
            function = members(custom)
        elif not told:
            function = fields  # some servers leave out the level between
        index, call_id, name = as_int(fields.get("index")), as_str(fields.get("id")), as_str(function.get("name"))
        if call_id == self._no_id:
            call_id = ""
        arguments = function.get("arguments")
        if arguments is None:
            arguments = function.get("input")
        slot = calls.owner(index, call_id, name, arguments, self.tools)
        if slot is MISPLACED:
            calls.misplaced = True
            text = arguments if isinstance(arguments, str) else "an object"
            out.append(ops.Misplaced(state.number, text, f"arguments for index {index}, where no call began"))
            return
        if slot is None:
            kind = as_str(fields.get("type")) or ("function" if custom is None else "custom")
            key = state.number, "call", len(calls.slots)
            slot = Slot(key, call_id, name, index, custom is not None or kind == "custom", kind)
            calls.open(slot)
            out.append(ops.Open(key, "call", kind, state.number, index, name, call_id, free=slot.free))
            calls.named(slot, index, call_id, True)
        elif name or call_id:
            name = calls.name_of(slot, name, self.tools)
            call_id = slot.id or call_id
            if name != slot.name or call_id != slot.id:
                slot.name, slot.id = name, call_id
                out.append(ops.Identify(slot.key, name, call_id))
            calls.named(slot, index, as_str(fields.get("id")), True)
        if isinstance(arguments, str):
            if arguments:
                calls.took(slot, arguments)
                out.append(ops.Text(slot.key, arguments))
        elif arguments is not None:
            value = plain(arguments)
            calls.took_value(slot, value)
            out.append(ops.Value(slot.key, value))
        if calls.guessed and not calls.told:
            calls.told = True
            out += [ops.Hold(each.key, "the arguments of other calls") for each in calls.guessed]
        _read_call_notes(slot, fields, function, out)

    # The end

    def _stop(self, state: Choice, choice: Members, out: list[ops.Operation]) -> None:
        stop = read_stop(state, choice)
        if stop is None:
            return
        first, state.stopped = state.stopped is None, stop
        if first and stop.reason == "tool_calls" and not state.calls.slots and state is self._first:
            self._adopt(state, [each for each in self._choices.values() if each.stopped is None], stop, out)
        self._finish(state, out)
        out.append(stop)

    def _adopt(self, state: Choice, others: Iterable[Choice], stop: ops.Stop, out: list[ops.Operation]) -> None:
        """Gives the choice the calls of others that consist of nothing else."""
        for stray in others:
            if stray is state or stray.texts or stray.role or not stray.calls.slots:
                continue
            why = stray.calls.doubts()
            if why or stray.calls.misplaced:
                out.append(ops.Misplaced(state.number, "", why or "arguments came for an index where no call began"))
            for slot in stray.calls.slots:
                out.append(ops.Withdraw(slot.key))
                key = state.number, "call", len(state.calls.slots)
                mine = Slot(key, slot.id, slot.name, stray.number, slot.free, slot.type)
                state.calls.open(mine)
                out.append(ops.Open(key, "call", slot.type, state.number, stray.number, slot.name, slot.id, slot.free))
                text = slot.text()
                if text:
                    state.calls.took(mine, text)
                    out.append(ops.Text(key, text))
                if slot.value is not None:
                    state.calls.took_value(mine, slot.value)
                    out.append(ops.Value(key, slot.value))
            if stray.stopped is None:
                stray.stopped = ops.Stop(stop.reason, stop.raw, stray.number, terminal=True)
                out.append(stray.stopped)

    def _finish(self, state: Choice, out: list[ops.Operation]) -> None:
        """What has to be told where the choice ends."""
        for name in list(state.details):
            flush_details(state, name, out)
        if state.waiting:
            block_beside(state, out)
        guessed = state.calls.guessed
        why = state.calls.doubts()
        if why:
            if not state.doubted:
                out.append(ops.Misplaced(state.number, "", why))
            state.doubted = True
        else:
            out += [ops.Hold(slot.key, "") for slot in guessed]

    def _end(self, out: list[ops.Operation]) -> None:
        """The end of the stream, which also ends choices that told no reason."""
        if self._ended:
            out.append(ops.End())
            return
        self._ended = True
        states = list(self._choices.values())
        first = self._first
        if first is not None and not first.calls.slots:
            stop = first.stopped
            if stop is None:
                # Perhaps the end came under the number of a call, too.
                stop = next((each.stopped for each in states if each.calls.slots and each.stopped is not None), None)
                if stop is not None:
                    self._adopt(first, states, stop, out)
                if first.calls.slots and stop is not None:
                    out.append(replace(stop, choice=first.number))
            elif stop.reason in ("complete", "tool_calls"):
                self._adopt(first, [each for each in states if each.stopped is None], stop, out)
        for state in self._choices.values():
            self._finish(state, out)
        out.append(ops.End())


# Fields that nearly all servers send. Where there are no others, there is nothing to look for.
_QUIET_CHUNK: Final = frozenset(
    {"id", "model", "choices", "usage", "object", "created", "service_tier", "system_fingerprint", "obfuscation"}
    | {"provider", "timings", "p", "moderation"}
)
_QUIET_CHOICE: Final = frozenset({"index", "delta", "finish_reason", "native_finish_reason", "logprobs"})
_PLAIN: Final = frozenset(
    {"role", "content", "refusal", "reasoning", "reasoning_content", "reasoning_text"}
    | {"tool_calls", "function_call", "audio"}
)


def _reasoning(delta: Members) -> str:
    return (
        as_str(delta.get("reasoning")) or as_str(delta.get("reasoning_content")) or as_str(delta.get("reasoning_text"))
    )


def _listed(value: object) -> Collection[object]:
    """The items of a list, or the one value that came in place of a list."""
    if value is None or isinstance(value, str):
        return () if not value else (value,)
    return as_list(value) or (() if isinstance(value, (list, tuple, int, float)) else (value,))


def _plain_items(value: object) -> object:
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else plain(value)


def _numbered(call: object, position: int) -> Members:
    """A call of a whole message, which has no index."""
    fields = members(call)
    given = fields if isinstance(fields, Mapping) else {name: fields.get(name) for name in _CALL}
    return {"index": position, **{str(name): value for name, value in given.items() if value is not None}}


def _brings(delta: Members) -> bool:
    """Whether a delta holds text or calls."""
    return bool(_reasoning(delta)) or any(delta.get(name) for name in ("content", "refusal", "tool_calls"))


def read_stop(state: Choice, choice: Members) -> ops.Stop | None:
    """The reason for which a choice stops, if the chunk tells one."""
    word = as_str(choice.get("finish_reason"))
    if not word:
        return None
    native = as_str(choice.get("native_finish_reason"))
    reason = _API.reason(word.lower())
    if reason in ("complete", "tool_calls"):
        # OpenRouter reports that a call was cut off only in the backend's own word.
        reason = _API.reasons.get(native.lower(), reason)
    details = {"native_finish_reason": native} if native else {}
    names = ("stop_reason", "matched_stop", *(("content_filter_results",) if reason == "filtered" else ()))
    details |= {name: plain(value) for name in names if (value := choice.get(name)) is not None}
    return ops.Stop(reason, word, state.number, terminal=True, details=details or None)


def _read_call_notes(slot: Slot, fields: Members, function: Members, out: list[ops.Operation]) -> None:
    """What belongs to a call besides its name and arguments."""
    for place in (fields, function) if function is not fields else (fields,):
        if type(place) is dict and _SPARE.issuperset(place):
            continue
        for name in _CALL_NOTES:
            value = place.get(name)
            if says_something(value):
                out.append(ops.Attach(slot.key, name, plain(value)))
    unread(fields, _CALL, "tool_call.", out)
    if function is not fields:
        unread(function, _FUNCTION, "function.", out)


_SPARE: Final = frozenset({"index", "id", "type", "function", "name", "arguments"})
