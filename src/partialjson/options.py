"""The options of a parser, for every function that accepts them and passes them on.

    def read(chunks: Iterable[str], **options: Unpack[ParserOptions]) -> Order:
        return stream(chunks, Order, **options).finish()

So a type checker finds a misspelled option, or one of the wrong type, where it is written. ``Parser`` documents each of
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

from partialjson.limits import Limits
from partialjson.repairs import Lenient

if TYPE_CHECKING:
    from partialjson.schema.targets import Schema

__all__ = ["ON_INVALID", "DocumentOptions", "JSONSchema", "NumberReader", "OnInvalid", "ParserOptions"]

OnInvalid = Literal["collect", "raise", "skip"]
ON_INVALID: Final[tuple[OnInvalid, ...]] = ("collect", "raise", "skip")


JSONSchema: TypeAlias = "dict[str, Any] | bool | Schema"
"""A JSON Schema: as ``json.loads`` gives it, or compiled."""

NumberReader = Callable[[str], Any]
"""Makes a value of the text of a number."""


class DocumentOptions(TypedDict, total=False):
    """What a document means, whoever reads it: the options of ``Parser`` that messages take too."""

    missing: Any
    limits: Limits | None
    strict: bool | None
    context: Any
    by_alias: bool | None
    by_name: bool | None
    on_invalid: OnInvalid
    predict: bool
    parse_float: NumberReader | None
    parse_int: NumberReader | None
    lenient: bool | Lenient


class ParserOptions(DocumentOptions, total=False):
    """The keyword arguments of ``Parser``. What is left out has its default."""

    schema: JSONSchema | None
    select: Iterable[str] | None
    retain: bool


_OF_TARGETS: Final = ("strict", "context", "by_alias", "by_name", "on_invalid", "predict")
_OF_PLAIN_JSON: Final = ("parse_float", "parse_int")


def without_target(options: DocumentOptions) -> DocumentOptions:
    """The options that a document without a target has too; a parser refuses the others there."""
    options = options.copy()
    for name in _OF_TARGETS:
        options.pop(name, None)  # type: ignore[misc]
    return options


def with_target(options: DocumentOptions) -> DocumentOptions:
    """The options that a document with a target has too; a parser refuses the others there."""
    options = options.copy()
    for name in _OF_PLAIN_JSON:
        options.pop(name, None)  # type: ignore[misc]
    return options


def without_schema(options: ParserOptions) -> ParserOptions:
    """The options besides the schema, for a caller that keeps it as its target."""
    options = options.copy()
    options.pop("schema", None)
    return options


def selecting(options: ParserOptions, select: Iterable[str]) -> ParserOptions:
    """The same options, with another selection."""
    options = options.copy()
    options["select"] = select
    return options


def check_switches(strict: object, by_alias: object, by_name: object, predict: object, retain: object) -> None:
    """Check the options that are True or False; the first three may be None.

    Raises:
        TypeError: one of them is something else, even if Python takes it for true: so it would take ``retain="no"``.
    """
    for name, given in (("predict", predict), ("retain", retain)):
        if given is not True and given is not False:
            raise TypeError(f"{name} is True or False, not {type(given).__name__}")
    if strict is by_alias is by_name is None:
        return
    for name, given in (("strict", strict), ("by_alias", by_alias), ("by_name", by_name)):
        if given is not None and given is not True and given is not False:
            raise TypeError(f"{name} is True, False or None, not {type(given).__name__}")


def refuse_unknown(call: str, options: Mapping[str, Any], known: type) -> None:
    """Check the names of options that are handed on later.

    Args:
        call: what was called, for the message.
        options: what it was given.
        known: the TypedDict of its options.

    Raises:
        TypeError: one of them is unknown.
    """
    names: frozenset[str] = known.__optional_keys__  # type: ignore[attr-defined]
    for name in options:
        if name not in names:
            from difflib import get_close_matches

            close = get_close_matches(name, sorted(names), 1)
            hint = f"did you mean {close[0]!r}?" if close else f"it takes {', '.join(sorted(names))}"
            raise TypeError(f"{call} has no option {name!r}; {hint}")
