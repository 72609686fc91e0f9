"""What every strategy of the kit stands on: hypothesis, if it is installed, and the checks of arguments.

Arguments are checked when a strategy is made, not when it is drawn from, so that the traceback ends in the caller's
line. The errors are hypothesis's own ``InvalidArgument``, a ``TypeError``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NoReturn, TypeVar

try:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from hypothesis.errors import InvalidArgument
except ImportError as error:
    raise ImportError(
        "the strategies of partialjson.testing need the package hypothesis: pip install 'partialjson-live[testing]'",
        name=error.name,
    ) from error

__all__ = [
    "HealthCheck",
    "InvalidArgument",
    "Phase",
    "check_count",
    "check_words",
    "given",
    "named",
    "one_of_texts",
    "refuse",
    "settings",
    "st",
]

T = TypeVar("T")


def refuse(function: str, problem: str) -> NoReturn:
    raise InvalidArgument(f"{function}: {problem}")


def named(name: str, strategy: st.SearchStrategy[T], **arguments: Any) -> st.SearchStrategy[T]:
    """The strategy under the name of the function that makes it: what is printed of it can be pasted."""

    def draw_from(draw: st.DrawFn, /, **arguments: Any) -> T:
        return draw(strategy)

    draw_from.__name__ = draw_from.__qualname__ = name
    return st.composite(draw_from)(**arguments)


def check_count(function: str, name: str, value: Any, least: int = 0) -> None:
    """Refuse what is no whole number of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        refuse(function, f"{name} must be an int, not {value!r}")
    if value < least:
        refuse(function, f"{name} must be at least {least}, not {value}")


def check_words(function: str, name: str, words: Any, known: Collection[str]) -> tuple[str, ...]:
    """The words as a tuple; refuse those that are not known, and none at all."""
    given = (words,) if isinstance(words, str) else tuple(words)
    for word in given:
        if word not in known:
            refuse(function, f"{name} are of {', '.join(map(repr, known))}; {word!r} is not")
    if not given:
        refuse(function, f"{name} must not be empty")
    return given


def one_of_texts(function: str, texts: Any, default: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """A strategy for what may be given as a text, as a strategy of texts, or not at all."""
    if texts is None:
        return default
    if isinstance(texts, str | bytes):
        return st.just(texts)
    if isinstance(texts, st.SearchStrategy):
        return texts
    refuse(function, f"expected a str, bytes or a strategy that gives them, not {texts!r}")
