"""A body that is cut at every byte: what is reported of the part must hold for the whole.

`violations` reads every prefix of a body as the whole of what came, and gives the sentences that are not true. Four
things are promised of a prefix: nothing is raised; what was reported while it came is how the report of the whole
begins; what its end adds as completed or ready is so in the whole; and only a message that is whole says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from partialjson import Completed
from partialjson.messages import Call, Choice, DocumentProgress, MessageEnded, MessageParser, Update

WHOLE = ("complete", "tool_calls", "paused")
TAKEN_BACK = ("refused", "filtered")


@dataclass(frozen=True)
class Read:
    """A message after its end, and what `feed_bytes` had brought."""

    message: MessageParser
    updates: list[Update]

    @property
    def messages(self) -> int:
        """How many messages followed one another in the body."""
        return max(1, sum(isinstance(update, MessageEnded) and not update.choice for update in self.updates))


def read(body: bytes, api: str, **options: Any) -> Read:
    message = MessageParser(api, **options)
    updates = message.feed_bytes(body)
    message.end()
    return Read(message, updates)


def violations(body: bytes, api: str, **options: Any) -> Iterator[tuple[int, str]]:
    """(number of bytes that came, what was reported and is not so) for every prefix that is not the whole body."""
    return violations_of([read(body[:size], api, **options) for size in range(len(body) + 1)])


def violations_of(parts: Sequence[Read]) -> Iterator[tuple[int, str]]:
    """The same for parts that have been read, the whole body last."""
    whole = parts[-1]
    done = completions(whole, [*whole.updates, *whole.message.end().updates])
    for size, part in enumerate(parts[:-1]):
        if part.updates != whole.updates[: len(part.updates)]:
            yield size, "its updates are not those with which the whole begins"
        for claim in claims(part, whole, done):
            yield size, claim


def claims(part: Read, whole: Read, done: set[str]) -> Iterator[str]:
    """What a part says and the whole does not."""
    for completed in completions(part, part.message.end().updates) - done:
        yield f"its end completes {completed}"
    choices = {choice.index: choice for choice in whole.message.choices}
    for choice in part.message.choices:
        other = choices.get(choice.index)
        if other is None:
            # Until something came, there is an empty choice 0, also where the server counts from 1.
            if choice.blocks or choice.end().reason in WHOLE:
                yield f"it has a choice {choice.index}"
            continue
        if choice.end().reason in WHOLE and told(choice) != told(other):
            yield f"it says {choice.end().reason!r} ({choice.end().raw!r}), and more comes"
        yield from ready(choice, other)


def ready(choice: Choice, whole: Choice) -> Iterator[str]:
    """The calls that a part would have run, and that are others in the whole."""
    for block in choice.blocks:
        if isinstance(block, Call) and block.ready:
            other = whole.blocks[block.position]
            later = whole.end().reason in TAKEN_BACK  # which the part cannot know
            if not (isinstance(other, Call) and (other.ready or other.withdrawn or later)):
                yield f"its call {block} is not ready in the whole"
            elif (block.id, block.name, block.value) != (other.id, other.name, other.value):
                yield f"its call {block} is another in the whole: {other}"


def told(choice: Choice) -> tuple[Any, ...]:
    """What a choice says, as something comparable."""
    calls = [(call.id, call.name, call.text, call.value, call.ready) for call in choice.calls]
    end = choice.end()
    return choice.text, choice.reasoning, choice.refusal, calls, choice.output.json, end.reason, end.raw


def completions(read: Read, updates: Sequence[Update]) -> set[str]:
    """What was completed: the choice, the block, the path and the value."""
    return {
        repr((update.choice, update.block, event.path, event.value))
        for update in updates
        if isinstance(update, DocumentProgress)
        for event in update.events
        if isinstance(event, Completed)
    }
