"""cattrs's targets: from a type and a converter to a ``Target``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from cattrs import BaseConverter

from partialjson._core.target import Options, Target, name_of
from partialjson._digests import digest_of, stable_name
from partialjson.structs.cattrs.nodes import Choice, Either, Node, children_of
from partialjson.structs.cattrs.partial import converter_for_json
from partialjson.structs.cattrs.plans import Compiler
from partialjson.structs.classes import refuse_options

__all__ = ["CattrsTarget", "cattrs_target"]


class CattrsTarget:
    """A type that a converter of cattrs structures; ``cattrs_target`` makes it.

    Attributes:
        type, converter: as they were given; ``converter`` is cattrs's own for JSON if none was.
    """

    def __init__(self, type: Any, *, converter: BaseConverter | None = None) -> None:
        self.type = type
        self.converter = converter_for_json() if converter is None else converter
        made = _usual(type, repr(type)) if converter is None else _compile(type, converter, False)
        compiler, self._identify = made
        self._plan = compiler.plan(compiler.node) if compiler.plans else compiler.root()

    def __repr__(self) -> str:
        given = "" if self.converter is converter_for_json() else f", converter={self.converter!r}"
        return f"cattrs_target({name_of(self.type)}{given})"

    def __partialjson_target__(self, options: Options) -> Target:
        refuse_options(options, "cattrs", "strict")
        assert self._plan.spec is not None
        return Target(self, self._plan, options, self._plan.spec, self._identify)


def cattrs_target(type: Any, *, converter: BaseConverter | None = None) -> CattrsTarget:
    """A target whose documents cattrs structures: ``Parser(cattrs_target(Order, converter=mine))``.

    A class of attrs, and a type with one in it, is taken for such a target without this function; a dataclass by itself
    is pydantic's. The hooks that the converter has now are those that count: make the target after the last one is
    registered, and use it for all parsers.

    Args:
        type: any type that the converter has a hook for: a class of attrs, a dataclass, a list or a union of them.
        converter: None for ``cattrs.preconf.json.make_converter()``.

    Raises:
        cattrs.StructureHandlerNotFoundError: the converter has no hook for the type.
    """
    return CattrsTarget(type, converter=converter)


@lru_cache(maxsize=512)
def _usual(given: Any, spelling: str) -> tuple[Compiler, Callable[[], str]]:
    """``int | bool`` and ``bool | int`` are equal, but spelled in different order."""
    return _compile(given, converter_for_json(), True)


def _compile(given: Any, converter: BaseConverter, is_usual: bool) -> tuple[Compiler, Callable[[], str]]:
    """The plans, and what gives the fingerprint."""
    compiler = Compiler(given, converter, is_usual)
    about = f"cattrs {converter.detailed_validation}"
    return compiler, cache(lambda: digest_of(about, compiler.node, _parts_of))


def _parts_of(node: Any) -> list[Any] | None:
    if not isinstance(node, Node):
        return None
    words = getattr(node, "words", None) or list(getattr(node, "by_word", ()))
    keys = [(each.name, each.key, each.required, each.is_late) for each in getattr(node, "members", ())]
    inside = list(children_of(node))
    if isinstance(node, Choice | Either):
        # cattrs may have them in the order of a set, which is another one in each process.
        inside.sort(key=lambda each: stable_name(each.type))
        return [getattr(node.hook, "__qualname__", ""), sorted(words, key=repr), inside]
    return [stable_name(node.type), getattr(node.hook, "__qualname__", ""), keys, words, inside]
