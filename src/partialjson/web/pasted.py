"""A text that somebody pastes: a response's body of any API, or a JSON document, broken or not.

Which of the two it is, ``apis_of`` says, unless somebody does. The text is all there, so it is read once before it is
replayed: only that shows whether the text of a response is JSON or prose, and whether the schema is meant for it or for
its calls. What was decided is told in the ``note`` of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from partialjson._core.parser import Parser
from partialjson._missing import MISSING
from partialjson.cli.account import is_prose
from partialjson.errors import ParseError
from partialjson.messages import Call, MessageParser, apis_of
from partialjson.outcomes import Failed
from partialjson.repairs import Lenient, RepairKind
from partialjson.web.answers import Answer, paced
from partialjson.web.document import API as DOCUMENT
from partialjson.web.document import TextAsked
from partialjson.web.run import Asked
from partialjson.wire.apis import PROVIDERS, framings_of
from partialjson.wire.tools import output_target, tool_targets

__all__ = ["APIS", "MOST_TEXT", "Pasted", "PastedError", "asked_about"]

APIS: Final = tuple(api for api in PROVIDERS if set(framings_of(api)) != {"aws-eventstream"})
"""Those whose bodies are text. The frames of the others are binary, and cannot be pasted."""

MOST_TEXT: Final = 4_000_000
"""Characters of a text or a schema."""

_TOKEN: Final = 4  # characters, about what a token of English or JSON has
_SHOWN: Final = 5  # names of calls
_TITLE: Final = 80
# A tool in a list of tools; a single one may be pasted without the list.
_MARKS_OF_TOOLS: Final = {"function", "input_schema", "inputSchema", "toolSpec", "functionDeclarations"}
_FORMATS: Final = ("response_format", "text", "output_format", "output_config", "generationConfig", "generation_config")


class PastedError(Exception):
    """What was pasted cannot be used.

    Attributes:
        field: what is wrong: "text", "schema" or "api".
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Pasted:
    """What somebody pasted, and how it is to be replayed.

    Attributes:
        text: a response's body, or a document.
        schema: a JSON Schema; or a request or its list of tools, whose schemas then count; "" for none.
        api: whose body the text is, "json" for a document, "" if that is to be found out.
        size: how many characters come at once; 0 for pieces as a model gives them: one event of a body, some
            characters of a document.
        rate: how many pieces come in a second; 0 for as many as can be read.
        lenient: whether JSON that is broken is mended. What is cut off stays cut off.
    """

    text: str
    schema: str = ""
    api: str = ""
    size: int = 0
    rate: float = 0.0
    lenient: bool = True


def asked_about(pasted: Pasted) -> Asked | TextAsked:
    """What a ``Run`` needs to replay a body, or a ``DocumentRun`` to replay a document.

    Raises:
        PastedError: the text is empty or too long, the schema is none, or the API is not known.
    """
    if not pasted.text.strip():
        raise PastedError("text", "There is nothing to read: paste a JSON document or the body of a response.")
    for field, text in (("text", pasted.text), ("schema", pasted.schema)):
        if len(text) > MOST_TEXT:
            raise PastedError(field, f"The {field} has {len(text):,} characters; at most {MOST_TEXT:,} are read here.")
    api, note = _api(pasted)
    targets = _targets(pasted.schema)
    if api == DOCUMENT:
        return _document(pasted, targets, note)
    return _body(pasted, api, targets, note)


def _api(pasted: Pasted) -> tuple[str, str]:
    """Whose body the text is, and what to say about that."""
    if pasted.api:
        if pasted.api != DOCUMENT and pasted.api not in APIS:
            known = ", ".join((DOCUMENT, *APIS))
            raise PastedError("api", f"Responses of {pasted.api!r:.80} cannot be read here. There are {known}.")
        return pasted.api, ""
    found = apis_of(pasted.text)
    if not found:
        if _looks_like_events(pasted.text):
            raise PastedError(
                "text",
                "These are server-sent events, but none of them is an event of an API that is known here. If you know "
                "the API, choose it.",
            )
        return DOCUMENT, "Read as a JSON document."
    others = " or ".join(found[1:])
    return found[0], f"Read as a response of {found[0]}{f'; {others} would read it alike' if others else ''}."


def _looks_like_events(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith(("data:", "event:", "id:", "retry:", ":"))


def _lenient(pasted: Pasted) -> Lenient | None:
    return Lenient().without(RepairKind.UNFINISHED) if pasted.lenient else None


def _title(pasted: Pasted) -> str:
    """How the text begins, in the place of a prompt."""
    words = " ".join(pasted.text[: 4 * _TITLE].split())
    return words if len(words) <= _TITLE else f"{words[:_TITLE]}…"


# Schemas.


@dataclass(frozen=True)
class _Targets:
    """What a schema says. ``tools`` is None where it is a schema and no tools."""

    output: Any = None
    tools: Mapping[str, Any] | None = None


def _targets(text: str) -> _Targets:
    if not text.strip():
        return _Targets()
    try:
        given = Parser()
        given.feed(text)
        said = given.close()
    except ParseError as error:
        raise PastedError("schema", f"The schema is not JSON: {error}.") from error
    try:
        if isinstance(said, Mapping) and (_MARKS_OF_TOOLS & said.keys() or {"name", "parameters"} <= said.keys()):
            said = [said]
        if isinstance(said, list) or (isinstance(said, Mapping) and isinstance(said.get("tools"), list)):
            tools = {name: _schema(each, f" of the tool {name}") for name, each in tool_targets(said).items()}
            formats = [said[name] for name in _FORMATS if name in said] if isinstance(said, Mapping) else []
            wanted = output_target(formats[0]) if formats else None
            # A request asks for an answer in JSON, in any, or in text.
            output = _schema(wanted, "") if isinstance(wanted, (Mapping, bool)) and wanted not in formats else None
            return _Targets(Any if wanted is Any else output, tools)
        return _Targets(_schema(output_target(said), ""))
    except TypeError as error:
        raise PastedError("schema", f"The schema cannot be used: {error}.") from error


def _schema(given: Any, of_what: str) -> Any:
    if given is None:
        return None
    if not isinstance(given, (Mapping, bool)):
        kind = "a list" if isinstance(given, list) else f"the {type(given).__name__} {given!r:.40}"
        raise PastedError("schema", f"The schema{of_what} must be an object, true or false; it is {kind}.")
    # Loaded when a schema comes: jsonschema takes its time.
    from partialjson.schema import Schema

    try:
        return Schema(dict(given) if isinstance(given, Mapping) else given)
    except Exception as error:
        # Of jsonschema, or of referencing, which tell more than a line holds.
        place = getattr(error, "json_path", "$")
        told = str(getattr(error, "message", "") or error).splitlines()[0]
        at = f" At {place}:" if place != "$" else ""
        raise PastedError("schema", f"The schema{of_what} is no JSON Schema.{at} {told}") from error


# A document.


def _document(pasted: Pasted, targets: _Targets, note: str) -> TextAsked:
    output = targets.output
    if targets.tools is not None:
        if len(targets.tools) != 1:
            raise PastedError(
                "schema",
                "These are tools, for the calls of a response, and the text is a JSON document. Paste the JSON Schema "
                "of the document.",
            )
        ((name, output),) = targets.tools.items()
        note = f"{note} Its schema is that of the tool {name}.".lstrip()
    prose = not _holds_json(pasted)
    if prose:
        note = f"{note} There is no JSON in it, so it is shown as it is.".lstrip()
    return TextAsked(
        _title(pasted),
        list(_cut(pasted.text, pasted.size or _TOKEN)),
        pasted.rate,
        target=output,
        lenient=_lenient(pasted),
        prose=prose,
        label="your text",
        note=note,
    )


def _holds_json(pasted: Pasted) -> bool:
    """Whether anything of a document is in the text.

    Raises:
        PastedError: nothing is, and nothing is to be mended.
    """
    parser = Parser(lenient=_lenient(pasted) or False)
    with suppress(ParseError):
        parser.feed(pasted.text)
    outcome = parser.end()
    if parser.json is MISSING and isinstance(outcome, Failed) and not pasted.lenient:
        raise PastedError("text", f"This is not JSON: {outcome.error}.")
    return not is_prose(outcome)


# A body.


def _body(pasted: Pasted, api: str, targets: _Targets, note: str) -> Asked:
    calls, has_json = _foreseen(pasted, api)
    output, tools = targets.output, targets.tools
    if output is None and tools is None:
        output = Any if has_json else None
    elif tools is None and calls and not has_json:
        # One schema, and no text that it could be for.
        tools, output = dict.fromkeys(calls, output), None
        named = ", ".join(islice(calls, _SHOWN))
        note = f"{note} The answer has no JSON text, so the schema is for the arguments of its calls: {named}.".lstrip()
    elif output is None and has_json:
        output = Any
    pieces = list(_cut(pasted.text, pasted.size) if pasted.size else _events(pasted.text))
    pause = 1 / pasted.rate if pasted.rate else 0.0
    answer = Answer(api, "pasted", "your text", lambda: paced((pause, piece) for piece in pieces), note)
    return Asked(
        f"A response of {len(pasted.text):,} characters",
        answer,
        output,
        tools or {},
        options={"lenient": _lenient(pasted) or False},
    )


def _foreseen(pasted: Pasted, api: str) -> tuple[list[str], bool]:
    """The names of the response's calls, and whether its text is JSON."""
    message = MessageParser(api, output=Any, lenient=_lenient(pasted) or False)
    message.feed_bytes(pasted.text)
    message.end()
    output = message.output
    names = [block.name for block in message.blocks if isinstance(block, Call) and not block.server]
    return list(dict.fromkeys(names)), output.json is not MISSING and not output.is_prose


def _events(text: str) -> Iterator[str]:
    """The body cut after each blank line, or if there is none, after each line."""
    lines = text.splitlines(keepends=True)
    blank = any(not line.strip() for line in lines[:-1])
    piece: list[str] = []
    for line in lines:
        piece.append(line)
        if not blank or not line.strip():
            yield "".join(piece)
            piece = []
    if piece:
        yield "".join(piece)


def _cut(text: str, size: int) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]
