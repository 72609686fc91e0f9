"""Markers for fields, in ``Annotated``: how a value is shown while it is still coming.

    class Reply(BaseModel):
        id: Annotated[str, First]                       # a Reply is not shown before its id has come
        text: Annotated[str, AfterValidator(tidy), Preview]     # shown as it grows, though tidy may change it
        address: Annotated[Address, Whole]              # shown when it is complete

They matter to this library only. Validation, serialization and the JSON schema of a model stay as they are: a marker
leaves a note in the metadata of the core schema, where the plan compiler finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast, final

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["First", "Marker", "Preview", "Whole"]

KEY: Final = "partialjson"
"""The key of the note in a core schema's metadata: a tuple of names of markers."""


@final
class Marker:
    """The type of ``Preview``, ``Whole`` and ``First``; there are no others."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = handler(source)
        metadata = schema.get("metadata") or {}
        noted = metadata.get(KEY, ())
        marked: Any = {**schema, "metadata": {**metadata, KEY: (*noted, self._name)}}
        return cast("CoreSchema", marked)

    def __repr__(self) -> str:
        return self._name

    def __reduce__(self) -> str:
        return self._name


Preview: Final = Marker("Preview")
"""Show the string while it grows, although something in its schema may still change or refuse it."""

Whole: Final = Marker("Whole")
"""Show the value only when it has closed."""

First: Final = Marker("First")
"""Do not show the object around this field until the field has closed and is valid."""
