"""Targets whose values another library than pydantic makes: msgspec's Structs.

    class Order(msgspec.Struct):
        customer: str
        items: list[Item]

    parser = Parser(Order)                                  # also list[Order], Order | Refusal, Annotated[...]
    parser = Parser(msgspec_target(Order, dec_hook=hook))   # with what ``msgspec.json.decode`` takes

``close`` gives what ``msgspec.json.decode(text, type=Order)`` gives, a value or msgspec's own error. ``types`` reads
what msgspec knows of a type, ``specs`` describes it, ``plans`` says how its values settle, ``faults`` composes errors,
and ``partial`` has the objects that are shown before they are complete. ``targets`` puts it together.

The package msgspec is needed, by the extra ``msgspec``.
"""

try:
    import msgspec as _msgspec
except ImportError as error:
    raise ImportError(
        "msgspec targets need the package msgspec, 0.20 or newer: pip install 'partialjson-live[msgspec]'",
        name=error.name,
    ) from error

from partialjson.structs.targets import MsgspecTarget, msgspec_target

del _msgspec

__all__ = ["MsgspecTarget", "msgspec_target"]
