"""Reading the fields of an event by duck typing: plain dicts and the objects of any SDK alike.

Nothing here raises, whatever an event looks like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = [
    "get",
    "get_int",
    "get_list",
    "get_str",
    "plain",
]


def get(obj: object, name: str) -> object:
    """A field of an event: of a mapping, or of an object's attributes and pydantic ``model_extra``. None if
    absent."""
    if type(obj) is dict:  # much the commonest, and the check by the abstract class is slow
        return obj.get(name)
    if hasattr(type(obj), "__pydantic_fields__"):  # asking a model for what it has not is slow, too
        value = obj.__dict__.get(name)
        extra = getattr(obj, "__pydantic_extra__", None) if value is None else None
        return value if extra is None else extra.get(name)
    if isinstance(obj, Mapping):
        return obj.get(name)
    if obj is None or isinstance(obj, (str, bytes, int, float, Sequence)):
        return None
    value = getattr(obj, name, None)
    if value is None:
        extra = getattr(obj, "model_extra", None)
        if isinstance(extra, Mapping):
            return extra.get(name)
    return value


def get_str(obj: object, name: str) -> str:
    """A text field, "" where it is absent or something else."""
    value = get(obj, name)
    if type(value) is str:
        return value
    return str.__str__(value) if isinstance(value, str) else ""  # the word behind a member of an SDK's enumeration


def get_int(obj: object, name: str) -> int | None:
    """A number field such as an index, None where it is absent or something else."""
    value = get(obj, name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def get_list(obj: object, name: str) -> Sequence[object]:
    """A list field, empty where it is absent or something else."""
    value = get(obj, name)
    return value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else ()


def plain(obj: object) -> object:
    """The object as plain data: a mapping as it is, an SDK's model as it was on the wire."""
    dump = getattr(obj, "model_dump", None)
    if not callable(dump):
        return obj
    try:
        return dump(mode="json", by_alias=True, exclude_unset=True)
    except Exception:  # a model that has no such options, or holds what JSON has not
        return dump(exclude_unset=True)
