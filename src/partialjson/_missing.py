"""The one value that stands for what has not come yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, Never, final

__all__ = ["MISSING", "Missing"]


@final
class Missing:
    """The type of ``MISSING``: absent, which is not the same as null.

    It is falsy, prints as ``MISSING``, holds nothing, and every attribute or item of it is ``MISSING`` again, so that
    ``partial.address.city or "…"`` needs no checks on the way. There is one instance, also after copying and pickling.
    """

    __slots__ = ()
    _instance: Missing | None = None

    def __new__(cls) -> Missing:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __getattr__(self, name: str) -> Missing:
        # Look-ups of protocol methods (copying, pickling, numpy, rich) must find nothing.
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Missing:
        return self

    def __bool__(self) -> Literal[False]:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Never]:
        return iter(())

    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"

    def __copy__(self) -> Missing:
        return self

    def __deepcopy__(self, memo: object) -> Missing:
        return self


MISSING: Final[Any] = Missing()
"""The value that has not come yet. Typed ``Any``, so that it fits wherever a value is expected."""
