"""The law of messages: the updates, folded anew, give the state that they were told of.

`refolded` folds recorded updates into a fresh `MessageState`, `state_of` is all that a reader can see of a message or a
state, comparable, and `check_fold` asserts the law.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from partialjson.messages import (
    Attempts,
    Block,
    Call,
    Choice,
    Document,
    DocumentProgress,
    MessageEnd,
    MessageFailed,
    MessageParser,
    MessageState,
    Update,
)


def state_of(message: MessageParser | MessageState | Attempts) -> Any:
    """All that can be seen of a message. Errors, which are equal only to themselves, are shown."""
    choices = [choice_state(choice) for choice in message.choices]
    return (
        message.id,
        message.model,
        message.usage,
        message.unread,
        message.text,
        message.reasoning,
        message.refusal,
        choices,
    )


def choice_state(choice: Choice) -> Any:
    blocks = [block_state(block) for block in choice.blocks]
    outputs = [(block, document_state(output)) for block, output in choice.outputs]
    texts = (choice.text, choice.reasoning, choice.refusal)
    calls = [call.position for call in choice.calls]
    latest = [block.position for block in choice.latest]
    return (
        choice.index,
        choice.faults,
        blocks,
        calls,
        latest,
        document_state(choice.output),
        outputs,
        texts,
        end_state(choice.ending),
    )


def block_state(block: Block) -> Any:
    own = (block.choice, block.position, block.kind, block.type, block.index, block.text, block.extra)
    flags = (block.aside, block.paragraph, block.ended, block.contradicted, block.guessed)
    if not isinstance(block, Call):
        return own, flags
    call = (block.id, block.name, block.server, block.free, block.withdrawn, block.held, block.ready, block.unread)
    return own, flags, call, document_state(block)


def document_state(document: Document) -> Any:
    return (
        document.text,
        document.json,
        repr(document.value),
        document.done,
        document.status(),
        outcome_state(document.outcome),
    )


def outcome_state(outcome: Any) -> Any:
    """An outcome, its error shown: errors are equal only to themselves."""
    return outcome and (
        repr(replace(outcome, error=None) if hasattr(outcome, "error") else outcome),
        error_state(outcome),
    )


def error_state(source: Any) -> Any:
    error = getattr(source, "error", None)
    return type(error), str(error), repr(getattr(error, "events", ()))


def end_state(end: MessageEnd | None) -> Any:
    if end is None:
        return None
    documents = [(each, outcome_state(each.outcome)) for each in end.documents]
    return replace(end, documents=()), documents, error_state(end), end.cause, str(end)


def told(update: Update) -> Any:
    """An update as something comparable: errors are shown."""
    if isinstance(update, DocumentProgress):
        return replace(update, events=tuple(map(repr, update.events))), error_state(update)
    if isinstance(update, MessageFailed):
        return error_state(update)
    return update


def refolded(updates: Sequence[Update], **options: Any) -> MessageState:
    """A fresh state, to which the updates were applied; each is told again as it was."""
    state = MessageState(**options)
    for update in updates:
        assert told(state.apply(update)) == told(update)
    return state


def pickled(updates: Sequence[Update]) -> list[Update]:
    """The updates as another process gets them."""
    return [pickle.loads(pickle.dumps(update)) for update in updates]


def check_fold(message: MessageParser | Attempts, updates: Sequence[Update], **options: Any) -> None:
    """The law. `updates` are all that were told, those of the end among them; `options` those of the message."""
    assert state_of(refolded(updates, **options)) == state_of(message)
    assert state_of(refolded(pickled(updates), **options)) == state_of(message)
