"""The options of a parser, for all that take them and hand them on.

    def read(chunks: Iterable[str], **options: Unpack[ParserOptions]) -> Order:
        return stream(chunks, Order, **options).close()

So a type checker finds a misspelled option, or one of the wrong type, where it is written. What each of them means is
told in ``Parser``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypedDict

from partialjson.limits import Limits

__all__ = ["OnInvalid", "ParserOptions"]

OnInvalid = Literal["collect", "raise", "skip"]


class ParserOptions(TypedDict, total=False):
    """The keyword arguments of ``Parser``. What is left out has its default."""

    select: Iterable[str] | None
    missing: Any
    limits: Limits | None
    strict: bool | None
    context: Any
    by_alias: bool | None
    by_name: bool | None
    on_invalid: OnInvalid
    predict: bool
    retain: bool
