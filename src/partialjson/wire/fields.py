"""Reading the fields of an event by duck typing: plain dicts and the objects of any SDK alike.

``members`` inspects an object once and returns something with a ``get`` method: a dict itself, the ``__dict__`` of a
pydantic model. An adapter that needs several fields of an object uses it; ``get`` is the short form for one field.

Nothing here raises, whatever an event looks like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from partialjson.wire import ops

__all__ = [
    "Members",
    "as_int",
    "as_list",
    "as_mapping",
    "as_str",
    "error_of",
    "get",
    "get_int",
    "get_list",
    "get_str",
    "members",
    "plain",
    "read_usage",
    "says_something",
    "unread",
    "unread_event",
]


class Members(Protocol):
    """The fields of one object."""

    def get(self, name: str, /) -> object:
        """The field of that name, None if absent."""
        ...


class _Attributes:
    """The fields of an object that is neither a mapping nor a pydantic model: its attributes, and then what it keeps in
    ``model_extra``."""

    __slots__ = ("_obj",)

    def __init__(self, obj: object) -> None:
        self._obj = obj

    def get(self, name: str, /) -> object:
        value: object = getattr(self._obj, name, None)
        if value is None:
            extra = getattr(self._obj, "model_extra", None)
            if isinstance(extra, Mapping):
                return extra.get(name)
        return value


_NOTHING: Final[Mapping[str, object]] = {}


def members(obj: object) -> Members:
    """The fields of an object of any kind. Values that cannot have fields, such as None or a text, have none. Members
    are their own members."""
    if type(obj) is dict:  # by far the most common case, and the checks by abstract classes are slow
        return obj
    if obj is None or type(obj) is str:
        return _NOTHING
    if hasattr(type(obj), "__pydantic_fields__"):  # asking a model for a missing attribute is slow, too
        extra = getattr(obj, "__pydantic_extra__", None)
        return {**extra, **obj.__dict__} if extra else obj.__dict__
    if isinstance(obj, Mapping):
        return obj
    if isinstance(obj, (str, bytes, int, float, Sequence)):
        return _NOTHING
    return obj if isinstance(obj, _Attributes) else _Attributes(obj)


def as_str(value: object) -> str:
    """The value if it is a text, and "" if it is something else."""
    if type(value) is str:
        return value
    return str.__str__(value) if isinstance(value, str) else ""  # the word behind a member of an SDK's enumeration


def as_int(value: object) -> int | None:
    """The value if it is a whole number, and None if it is something else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_list(value: object) -> Sequence[object]:
    """The value if it is a list, and an empty one if it is something else."""
    if type(value) is list:
        return value
    if value is None:
        return ()
    return value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else ()


def as_mapping(value: object) -> Mapping[str, object] | None:
    """The value if it is a mapping, and None if it is something else."""
    return value if type(value) is dict or isinstance(value, Mapping) else None


def get(obj: object, name: str) -> object:
    """A field of an event: of a mapping, or of an object's attributes and pydantic ``model_extra``. None if
    absent."""
    if type(obj) is dict:
        return obj.get(name)
    return None if obj is None else members(obj).get(name)


def get_str(obj: object, name: str) -> str:
    """A text field; "" if it is absent or something else."""
    return as_str(get(obj, name))


def get_int(obj: object, name: str) -> int | None:
    """A number field such as an index; None if it is absent or something else."""
    return as_int(get(obj, name))


def get_list(obj: object, name: str) -> Sequence[object]:
    """A list field; empty if it is absent or something else."""
    return as_list(get(obj, name))


def plain(obj: object) -> object:
    """The object as plain data: a mapping as it is, an SDK's model as it was on the wire."""
    if obj is None or type(obj) is dict:
        return obj
    dump = getattr(obj, "model_dump", None)
    if not callable(dump):
        return obj
    try:
        return dump(mode="json", by_alias=True, exclude_unset=True)
    except Exception:  # a model that has no such options, or holds values that JSON does not have
        return dump(exclude_unset=True)


def says_something(value: object) -> bool:
    """Whether a field holds more than nothing: not None, no empty text or list, and no object of which all fields are
    None."""
    if value is None:
        return False
    if isinstance(value, Mapping):
        return any(each is not None for each in value.values())
    if isinstance(value, (int, float)):
        return True
    try:
        return bool(value)  # an SDK's own word for a field that was not set is false
    except Exception:
        return True


def error_of(error: object, kind: str = "type") -> ops.Error:
    """An error as APIs tell it: a text, or an object with a message, a code, and its kind in the field of that name."""
    if isinstance(error, str):
        return ops.Error(error, body=error)
    code = get(error, "code")
    known = code if isinstance(code, (str, int)) else None
    return ops.Error(get_str(error, "message"), get_str(error, kind), known, plain(error))


def read_usage(counts: object, out: list[ops.Operation], *, whole: bool = False) -> None:
    """The counts of tokens, if they are there; ``whole`` as in ``ops.Usage``."""
    usage = as_mapping(plain(counts))
    if usage is not None:
        out.append(ops.Usage(usage, whole=whole))


def unread(fields: Members, known: frozenset[str], place: str, out: list[ops.Operation]) -> None:
    """Reports the fields of a mapping that hold something and are not known; ``place`` goes before their names."""
    if not isinstance(fields, Mapping) or known.issuperset(fields):
        return
    for name, value in fields.items():
        if name not in known and says_something(value):
            out.append(ops.Unread("field", f"{place}{name}"))


def unread_event(event: object, kind: str, known: frozenset[str], out: list[ops.Operation]) -> None:
    """Reports an event that was not understood, by its kind or else by the fields that are not known. An event that
    holds nothing is a sign of life."""
    if kind and kind != "message":
        out.append(ops.Unread("event", kind))
    elif isinstance(event, Mapping):
        strange = [str(name) for name, value in event.items() if name not in known and says_something(value)]
        if strange:
            out.append(ops.Unread("event", f"with {', '.join(strange[:4])}"))
