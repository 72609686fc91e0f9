"""Targets whose values another library than pydantic makes: msgspec's Structs, classes of attrs, dataclasses.

    class Order(msgspec.Struct): ...                          # or @attrs.define

    parser = Parser(Order)                                    # also list[Order], Order | Refusal
    parser = Parser(msgspec_target(Order, dec_hook=hook))     # with what ``msgspec.json.decode`` takes
    parser = Parser(cattrs_target(Order, converter=mine))     # with the hooks of a converter of cattrs

``close`` gives what the library gives for the whole text, a value or its own error. Each library has a folder with the
same modules: ``types`` (``nodes``) reads what the library knows of a type, ``specs`` describes it, ``plans`` says how
its values settle, ``faults`` has its errors, ``partial`` the objects that are shown before they are complete, and
``targets`` puts it together. ``classes`` is what they share.

The packages are optional: the extras ``msgspec`` and ``cattrs``. Each is imported when its target is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partialjson.structs.cattrs.targets import CattrsTarget, cattrs_target
    from partialjson.structs.msgspec.targets import MsgspecTarget, msgspec_target

__all__ = ["CattrsTarget", "MsgspecTarget", "cattrs_target", "msgspec_target"]


def __getattr__(name: str) -> Any:
    """Load the library of a target. Type checkers see the imports above."""
    if name in ("CattrsTarget", "cattrs_target"):
        from partialjson.structs.cattrs import targets as of_cattrs

        value = getattr(of_cattrs, name)
    elif name in ("MsgspecTarget", "msgspec_target"):
        from partialjson.structs.msgspec import targets as of_msgspec

        value = getattr(of_msgspec, name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
