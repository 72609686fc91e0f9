"""msgspec's targets: from a type that msgspec understands to a ``Target``.

What is compiled of a type is kept and shared by all parsers of that type.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import msgspec
from msgspec import inspect as nodes

from partialjson._core.plan import Plan
from partialjson._core.target import Options, Target, name_of
from partialjson._digests import digest_of, stable_name
from partialjson.structs.classes import refuse_options
from partialjson.structs.msgspec.plans import Compiler, DecHook

__all__ = ["MsgspecTarget", "msgspec_target"]


class MsgspecTarget:
    """A type that msgspec decodes, with the options of ``msgspec.json.decode``; ``msgspec_target`` makes it.

    Attributes:
        type, strict, dec_hook: as they were given.
    """

    def __init__(self, type: Any, *, strict: bool = True, dec_hook: DecHook | None = None) -> None:
        self.type = type
        self.strict = strict
        self.dec_hook = dec_hook

    def __repr__(self) -> str:
        name = name_of(self.type)
        options = "" if self.strict else ", strict=False"
        options += "" if self.dec_hook is None else f", dec_hook={self.dec_hook!r}"
        return f"msgspec_target({name}{options})"

    def __partialjson_target__(self, options: Options) -> Target:
        refuse_options(options, "msgspec")
        strict = self.strict if options.strict is None else options.strict
        plan, identify = _compiled(self.type, strict, self.dec_hook)
        assert plan.spec is not None
        return Target(self, plan, options, plan.spec, identify)


def msgspec_target(type: Any, *, strict: bool = True, dec_hook: DecHook | None = None) -> MsgspecTarget:
    """A target whose documents msgspec decodes: ``Parser(msgspec_target(T, dec_hook=hook))``.

    A Struct, and a type with a Struct in it, is taken for such a target without this function.

    Args:
        type: any type that msgspec understands: a Struct, a list or union of them, a dataclass, a TypedDict.
        strict: False to let msgspec read values as other kinds, such as ``"1"`` as an int.
        dec_hook: makes values of types that msgspec does not know; as in ``msgspec.json.decode``.

    Raises:
        TypeError: msgspec does not support the type, or it is a ``Raw``, which is the text itself.
    """
    _compiled(type, strict, dec_hook)
    return MsgspecTarget(type, strict=strict, dec_hook=dec_hook)


def _compiled(given: Any, strict: bool, dec_hook: DecHook | None) -> tuple[Plan, Callable[[], str]]:
    """The plan, and what gives the fingerprint."""
    if given is msgspec.Raw:
        raise TypeError("a Raw is the text itself; to have the text of a document, keep what is fed")
    try:
        # ``int | bool`` and ``bool | int`` are equal, but described in different order.
        return _cached(given, repr(given), strict, dec_hook)
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
    return _compile(given, repr(given), strict, dec_hook)


def _compile(given: Any, spelling: str, strict: bool, dec_hook: DecHook | None) -> tuple[Plan, Callable[[], str]]:
    plan = Compiler(given, strict, dec_hook).root()
    return plan, cache(lambda: _fingerprint(given, strict, dec_hook))


_cached = lru_cache(maxsize=512)(_compile)


def _fingerprint(given: Any, strict: bool, dec_hook: DecHook | None) -> str:
    """A digest of what msgspec knows of the type, with classes and functions by their names."""
    about = f"msgspec {strict} {stable_name(dec_hook)}"
    return digest_of(about, nodes.type_info(given), _parts_of)


def _parts_of(node: Any) -> list[Any] | None:
    if isinstance(node, nodes.Type | nodes.Field):
        return [getattr(node, name) for name in node.__struct_fields__]
    return None
