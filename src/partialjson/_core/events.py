"""What a parser reports, and the cheap form of the paths in it.

Few readers of an event need its path, and building a tuple for each value costs more than parsing it.
So the tree keeps a chain of nodes, one for each value inside which something is selected, and an event computes its
tuple from the chain once, when it is first read.

Events are values: immutable, compared by content, usable in ``match``, picklable. They are written by hand because a
mypyc class cannot be a dataclass here and a NamedTuple is built five times slower.

The commonest events are declared *acyclic* for the compiler: the garbage collector does not look into them. In a large
document they are as many as the values, and looking at each of them again and again cost more than parsing. It is safe
for what the parser makes, JSON and validated values, which cannot know of the event they are in. A reader who puts an
event into its own value makes a cycle that is never freed. Nodes are not acyclic, though they have no cycles: the chain
of a deep document is freed link by link, and only the collector's protocol keeps that from exhausting the C stack.
"""

from __future__ import annotations

from typing import Any, ClassVar, final

from partialjson._core.declare import mypyc_attr
from partialjson._core.plan import Failure, lines_of
from partialjson._missing import MISSING

Path = tuple[str | int, ...]


@final
class Node:
    """A place in the document: a key under a parent node. The root has no parent."""

    __slots__ = ("key", "parent")

    def __init__(self, parent: Node | None, key: str | int) -> None:
        self.parent = parent
        self.key = key

    def path(self) -> Path:
        keys: list[str | int] = []
        node = self
        parent = node.parent
        while parent is not None:
            keys.append(node.key)
            node = parent
            parent = node.parent
        keys.reverse()
        return tuple(keys)


@mypyc_attr(acyclic=True)
class Event:
    """Something that happened at one place of the document.

    ``value`` is MISSING for events that have none, so that it can be read from any event.
    """

    __slots__ = ("_at", "value")

    def __init__(self, path: object, value: object) -> None:
        # A node until the path is first read, then a tuple.
        self._at: object = path
        self.value: Any = value

    @property
    def path(self) -> Path:
        """Keys and indexes from the root, in the document's own names."""
        at = self._at
        if isinstance(at, Node):
            path = at.path()
            self._at = path
            return path
        assert isinstance(at, tuple)
        return at

    def _fields(self) -> dict[str, Any]:
        """What the event says, by the names of its constructor."""
        return {"path": self.path, "value": self.value}

    def _compared(self) -> tuple[Any, ...]:
        """What makes two events of one kind equal."""
        return tuple(self._fields().values())

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Event)
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        # Values may be unhashable; equal events have equal paths.
        return hash((type(self).__name__, self.path))

    def __repr__(self) -> str:
        shown = ", ".join([f"{name}={value!r}" for name, value in self._fields().items()])
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(self._fields().values())


@mypyc_attr(acyclic=True)
@final
class Completed(Event):
    """A value closed. ``value`` is validated where the place has a target, else plain JSON.

    Inside a value that is validated only as a whole (a set, for instance), ``raw`` is True and ``value`` is plain JSON.
    The validated result is in the event of the enclosing value. So it is for a value that its target leaves out.
    """

    __slots__ = ("raw",)
    __match_args__: ClassVar = ("path", "value")

    def __init__(self, path: object, value: object, raw: bool = False) -> None:
        self._at = path
        self.value = value
        self.raw = raw

    def _fields(self) -> dict[str, Any]:
        fields = {"path": self.path, "value": self.value}
        return {**fields, "raw": True} if self.raw else fields

    def _compared(self) -> tuple[Any, ...]:
        return self.path, self.value


@mypyc_attr(acyclic=True)
@final
class Replaced(Event):
    """A key came again and its new value became visible; ``value`` is the JSON value it replaced."""

    __slots__ = ()
    __match_args__: ClassVar = ("path", "value")

    def __init__(self, path: object, value: object) -> None:
        self._at = path
        self.value = value


@final
class Invalid(Event):
    """A value closed and does not fit its target. ``error`` is the validator's own error for this place."""

    __slots__ = ("_error",)
    __match_args__: ClassVar = ("path", "error")

    def __init__(self, path: object, error: Exception | Failure) -> None:
        self._at = path
        self.value = MISSING
        # An exception, or what makes it until somebody asks.
        self._error: object = error

    @property
    def error(self) -> Exception:
        error = self._error
        if isinstance(error, Failure):
            if error.list_all is not None:
                return error.error
            error = self._error = error.error
        assert isinstance(error, Exception)
        return error

    @property
    def errors(self) -> list[Any]:
        """The validator's line errors; their locations are relative to ``path``."""
        error = self._error
        return error.errors if isinstance(error, Failure) else lines_of(self.error)

    def _compared(self) -> tuple[Any, ...]:
        # Exceptions are equal only to themselves; here, two with the same content count as equal.
        return self.path, type(self.error), str(self.error)

    def _fields(self) -> dict[str, Any]:
        return {"path": self.path, "error": self.error}


@final
class Violation(Event):
    """An open value that no continuation can make valid any more, found at offset ``pos``.

    ``keyword`` is the keyword of JSON Schema that it breaks ("type", "enum", "maxLength", "additionalProperties", ...),
    or "false" where no value is allowed, whatever the language of the schema. ``path`` is that of the value that breaks
    it: a key that must not be there is the fault of its object.
    """

    __slots__ = ("keyword", "msg", "pos")
    __match_args__: ClassVar = ("path", "pos", "keyword", "msg")

    def __init__(self, path: object, pos: int, keyword: str, msg: str) -> None:
        self._at = path
        self.value = MISSING
        self.pos = pos
        self.keyword = keyword
        self.msg = msg

    def _fields(self) -> dict[str, Any]:
        return {"path": self.path, "pos": self.pos, "keyword": self.keyword, "msg": self.msg}


@final
class Predicted(Event):
    """An open value for which its schema leaves only ``value``, known at offset ``pos``."""

    __slots__ = ("pos",)
    __match_args__: ClassVar = ("path", "value", "pos")

    def __init__(self, path: object, value: object, pos: int) -> None:
        self._at = path
        self.value = value
        self.pos = pos

    def _fields(self) -> dict[str, Any]:
        return {"path": self.path, "value": self.value, "pos": self.pos}


@final
class Repaired(Event):
    """Lenient parsing read something that is not JSON, of the given ``kind``, at offset ``pos``."""

    __slots__ = ("kind", "pos")
    __match_args__: ClassVar = ("path", "kind", "pos")

    def __init__(self, path: object, kind: str, pos: int) -> None:
        self._at = path
        self.value = MISSING
        self.kind = kind
        self.pos = pos

    def _fields(self) -> dict[str, Any]:
        return {"path": self.path, "kind": self.kind, "pos": self.pos}


@mypyc_attr(acyclic=True)
@final
class Coerced(Event):
    """A value did not fit its target as it was written, and was read in another form.

    ``kind`` is a ``CoercionKind``; ``before`` and ``after`` are plain JSON, ``before`` MISSING where nothing was
    written. The document itself (``json``) keeps what was written.
    """

    __slots__ = ("after", "before", "kind")
    __match_args__: ClassVar = ("path", "kind", "before", "after")

    def __init__(self, path: object, kind: str, before: object, after: object) -> None:
        self._at = path
        self.value = MISSING
        self.kind = kind
        self.before: Any = before
        self.after: Any = after

    def _fields(self) -> dict[str, Any]:
        return {"path": self.path, "kind": self.kind, "before": self.before, "after": self.after}
