"""``check_adapter``: does a reader of a provider's stream understand what the provider says?

A reader is a function that takes the chunks of a body and returns what it understood. The streams are those of
``provider_streams``, in all dialects, so what was said is known. Four laws are asked:

- law 1: it understands the same, however the body is cut;
- law 5: it understands what was said: the text, the reasoning, the calls with their arguments;
- law 8: a body that is cut off, or ends with an error, is not taken for a whole one;
- law 11: a well-formed body is never an error.

What is understood comes to an ``Understood``. Messages of this library, mappings and objects with the same names are
turned into one; for anything else there is ``describe``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from partialjson.messages import MessageParser
from partialjson.messages.updates import FINISHED
from partialjson.testing.bodies import Said
from partialjson.testing.breach import Breach, Sentence, least_chunks, ways_to_cut
from partialjson.testing.searching import search
from partialjson.testing.streams import ENDINGS, ProviderStream, provider_streams

if TYPE_CHECKING:
    from hypothesis import settings as Settings

__all__ = ["Understood", "check_adapter", "understood_by_messages"]


@dataclass(frozen=True)
class Understood:
    """What a reader made of a stream; None for what it does not tell.

    Attributes:
        text, reasoning: joined.
        calls: for each tool call its name and its arguments, parsed.
        complete: does it say that the message came to its end?
    """

    text: str | None = None
    reasoning: str | None = None
    calls: tuple[tuple[str, Any], ...] | None = None
    complete: bool | None = None


def understood_by_messages(api: str) -> Callable[[Any], MessageParser]:
    """This library's own reader of an API."""

    def read(chunks: Any) -> MessageParser:
        message = MessageParser(api)
        for chunk in chunks:
            message.feed_bytes(chunk)
        message.end()
        return message

    return read


def _described(result: Any) -> Understood:
    if isinstance(result, Understood):
        return result
    if isinstance(result, MessageParser):
        calls = tuple((call.name, call.json) for call in result.calls)
        return Understood(result.text, result.reasoning, calls, result.end().reason in FINISHED)
    get: Callable[[str], Any] = result.get if isinstance(result, Mapping) else lambda name: getattr(result, name, None)
    given = get("calls")
    calls_told = None if given is None else tuple(_call(call) for call in given)
    found = Understood(get("text"), get("reasoning"), calls_told, get("complete"))
    if found == Understood():
        raise TypeError(
            f"nothing is known of {result!r}: a reader returns a MessageParser, or something with text, reasoning, "
            "calls or complete; or give describe="
        )
    return found


def _call(call: Any) -> tuple[str, Any]:
    if isinstance(call, Mapping):
        call = (call.get("name"), call.get("arguments"))
    elif not isinstance(call, tuple | list):
        call = (call.name, call.arguments)
    name, arguments = call
    if not isinstance(arguments, str):
        return name, arguments
    try:
        return name, json.loads(arguments or "{}")
    except ValueError:
        # What is no JSON is not what was said.
        return name, arguments


def check_adapter(
    reader: Callable[[Any], Any] | None,
    api: str,
    *,
    stream: ProviderStream | None = None,
    habits: Collection[str] | None = None,
    endings: str | Collection[str] = ENDINGS,
    describe: Callable[[Any], Any] | None = None,
    settings: Settings | None = None,
) -> None:
    """Check that a reader understands the streams of an API, in all its dialects.

    Args:
        reader: takes an iterable of the body's chunks (bytes) and returns what it understood; None for this library's
            own.
        api: the name of the API, of ``partialjson.providers.PROVIDERS``.
        stream: the stream to check; if there is none, streams are drawn.
        habits, endings: those of ``provider_streams``, for streams that are drawn.
        describe: turns what the reader returns into an ``Understood``, or a mapping with some of its fields.
        settings: those of hypothesis for drawing streams.

    Raises:
        Breach: a law broke; an ``AssertionError`` that names it, the smallest stream and the least cuts.
        TypeError: nothing is known of what the reader returns.
        InvalidArgument: there is no such API, habit or ending.
        ImportError: hypothesis is not installed.
    """
    checks = _Checks(reader or understood_by_messages(api), api, describe)
    if stream is not None:
        checks.check(stream)
    else:
        search(checks.check, provider_streams(api, habits=habits, endings=endings), settings)


@dataclass(frozen=True)
class _Checks:
    reader: Callable[[Any], Any]
    api: str
    describe: Callable[[Any], Any] | None

    def read(self, chunks: Sequence[bytes]) -> Understood | Exception:
        try:
            result = self.reader(iter(chunks))
        except Exception as error:
            return error
        return _described(result if self.describe is None else self.describe(result))

    def told(self, chunks: Sequence[bytes]) -> Any:
        found = self.read(chunks)
        return type(found) if isinstance(found, Exception) else found

    def check(self, stream: ProviderStream) -> None:
        body = bytes(stream)
        whole = self.read([body])
        about = ("the habits", Sentence(", ".join(stream.habits) or "none")), ("the ending", Sentence(stream.ending))
        if stream.ending == "whole":
            if isinstance(whole, Exception):
                raise Breach(
                    11, "a well-formed body is an error", body, [body], ("it raises", whole), *about
                ) from whole
            self.law_5(stream, whole, about)
        elif not isinstance(whole, Exception) and whole.complete and not self.came_to_its_end(stream):
            raise Breach(8, "a message that did not end is called complete", body, [body], ("it says", whole), *about)
        told = self.told([body])
        for chunks in ways_to_cut(body, single=24, random=2, empty=False):
            if self.told(chunks) != told:
                least = least_chunks(body, chunks, lambda fewer: self.told(fewer) != told)
                what = "what is understood depends on where the body is cut"
                raise Breach(1, what, body, least, ("in one piece", whole), ("in chunks", self.read(least)), *about)

    def law_5(self, stream: ProviderStream, found: Understood, about: Any) -> None:
        said = stream.said
        wanted: dict[str, Any] = {
            "text": "".join(said.texts),
            "reasoning": "".join(said.reasoning),
            "calls": tuple((call.name, call.value) for call in said.calls),
            "complete": said.reason in FINISHED,
        }
        for name, value in wanted.items():
            given = getattr(found, name)
            if given is not None and given != value:
                body = bytes(stream)
                what = f"{name} is not what was said"
                raise Breach(5, what, body, [body], ("said was", value), ("it says", given), *about)

    def came_to_its_end(self, stream: ProviderStream) -> bool:
        """A cut behind the terminal event takes nothing away."""
        said: Said = stream.said
        return said.reason in FINISHED and understood_by_messages(self.api)([bytes(stream)]).end().reason in FINISHED
