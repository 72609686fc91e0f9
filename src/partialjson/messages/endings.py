"""How a message ended: the provider's word and the connection, checked against what really came.

Nothing is changed here; a decision takes effect with the ``MessageEnded`` update that reports it.
"""

from __future__ import annotations

from typing import Final, Literal

from partialjson.messages.blocks import Call, Document
from partialjson.messages.fold import Choice
from partialjson.messages.updates import WITHDRAWN, DocumentEnd, EndReason, MessageEnd, ProviderError, Unread
from partialjson.outcomes import Complete, Truncated
from partialjson.wire.ops import UNCLOSED, Stop
from partialjson.wire.sse import IncompleteBlock

_NAMED: Final = 10  # calls with a fault that are reported one by one

__all__ = ["cause_of", "ended", "ended_again"]


def cause_of(stop: Stop | None, whole: bool, error: Exception | None) -> EndReason:
    """How a choice ended as far as the provider and the connection tell."""
    if error is not None:
        return "error"
    if not whole:
        return "disconnected"
    return stop.reason if stop else "complete"


def ended(
    choice: Choice,
    stop: Stop | None,
    cause: EndReason,
    error: Exception | None,
    incomplete: IncompleteBlock | None,
    unread: tuple[Unread, ...] = (),
) -> MessageEnd:
    """The ending of a choice whose documents have all ended."""
    reason = _checked(choice, cause)
    if cause == "error" and error is None and stop is not None:
        error = ProviderError(f"the provider ended with {stop.raw!r}", body=stop.details)
    return MessageEnd(
        reason,
        stop.raw if stop else None,
        error,
        stop.details if stop else None,
        incomplete,
        documents=_documents(choice, reason in WITHDRAWN),
        said=stop.reason if stop else None,
        unread=unread,
        faults=_faults(choice),
    )


def ended_again(choice: Choice, word: str | None) -> MessageEnd:
    """The ending after a document that was cut off has continued and ended again; ``word`` is that of the other
    answer."""
    return MessageEnd(_checked(choice, "complete"), word, documents=_documents(choice, False))


def _checked(choice: Choice, cause: EndReason) -> EndReason:
    """The cause, checked against what really came."""
    if cause not in ("complete", "tool_calls"):
        return cause
    if any(block.kind == "refusal" and block.text for block in choice.latest):
        return "refused"
    calls = [call for call in _calls(choice) if not call.withdrawn]
    expected: list[Document] = [*calls]
    own_calls = any(not call.server for call in calls)
    if choice.expects_output and not own_calls:
        expected.append(choice.output)
    if any(isinstance(document.outcome, Truncated) for document in expected) or any(map(_is_unclosed, calls)):
        return "truncated"
    return "tool_calls" if own_calls else "complete"


def _documents(choice: Choice, withdrawn: bool) -> tuple[DocumentEnd, ...]:
    """How the calls of the last message, and the output, ended. If there are calls and nothing of an output came, none
    was intended."""
    calls = _calls(choice)
    found = [_document(call, call.name, call.position, call.id, call.ready and not withdrawn) for call in calls]
    output = choice.output
    came = output.status() != "missing" and not output.is_prose
    if choice.expects_output and output.outcome is not None and (not calls or came):
        found.append(_document(output, "output", None, "", False))
    return tuple(found)


def _document(document: Document, name: str, block: int | None, call_id: str, runnable: bool) -> DocumentEnd:
    outcome = document.outcome
    assert outcome is not None
    state: Literal["complete", "truncated", "failed"] = "failed"
    if isinstance(outcome, Complete):
        state = "complete"
    elif isinstance(outcome, Truncated):
        state = "truncated"
    return DocumentEnd(name, block, call_id, state, runnable, outcome)


def _faults(choice: Choice) -> tuple[str, ...]:
    calls = _calls(choice)
    nameless = [call.position for call in calls if not call.name]
    unclosed = [call for call in calls if _is_unclosed(call)]
    if not nameless and not unclosed:
        return tuple(choice.faults)
    found = [f"the call in block {position} has no name, so it cannot be run" for position in nameless[:_NAMED]]
    found += [f"the call of {call.name} in block {call.position} does not end" for call in unclosed[:_NAMED]]
    return (*choice.faults, *found)


def _is_unclosed(call: Call) -> bool:
    """Was the call itself cut off, whatever came of its arguments?"""
    return call.held == UNCLOSED and not call.withdrawn


def _calls(choice: Choice) -> list[Call]:
    return [block for block in choice.latest if isinstance(block, Call)]
