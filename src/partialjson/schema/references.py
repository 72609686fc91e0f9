"""References: what ``$ref``, ``$dynamicRef`` and ``$recursiveRef`` lead to, without a network.

The work is done by the package referencing. What this module adds is a *place* for each subschema: what it holds, how
references in it are resolved, and where it stands, for messages. Only what is in the schema, in the registry that the
user gave, and in the metaschemas of the drafts can be found.

*Dynamic references.* What ``$dynamicRef`` leads to depends on the schemas that were entered on the way. So one
subschema may need several rules, and recursion would never end if they were told apart by the whole way. Only what can
matter later tells them apart (``Place.scope``): for each name of a dynamic anchor the outermost schema that has it.
"""

from __future__ import annotations

from typing import Any, Final

import referencing
import referencing.exceptions
import referencing.jsonschema
from jsonschema_specifications import REGISTRY as METASCHEMAS

from partialjson.schema.dialects import Dialect, Where, dialect_of, refusal, subschemas

__all__ = ["METASCHEMAS", "Place", "References"]

_FAULTS: Final = (referencing.exceptions.Unresolvable, referencing.exceptions.NoSuchResource, LookupError, ValueError)


class Place:
    """A subschema and what is known about the place where it stands.

    Attributes:
        contents: the subschema.
        resolver: resolves the references in it.
        dialect: its draft.
        where: keys and indexes from the top of its document.
        base: the URI of its document, for messages; empty for the schema that was given.
    """

    __slots__ = ("base", "contents", "dialect", "resolver", "where")

    def __init__(self, contents: Any, resolver: Any, dialect: Dialect, where: Where, base: str) -> None:
        self.contents: Any = contents
        self.resolver: Any = resolver
        self.dialect = dialect
        self.where = where
        self.base = base

    def below(self, *keys: str | int) -> Place:
        """The subschema under these keys."""
        contents = self.contents
        for key in keys:
            contents = contents[key]
        where = (*self.where, *keys)
        dialect = dialect_of(contents, self.dialect, where)
        resolver = self.resolver
        if isinstance(contents, dict) and "$id" in contents:
            try:
                resolver = resolver.in_subresource(dialect.specification.create_resource(contents))
            except ValueError:
                raise refusal("this is no URI", (*where, "$id"), contents["$id"], self.base) from None
        return Place(contents, resolver, dialect, where, self.base)

    def uri(self) -> str:
        """The URI that relative references are resolved against."""
        # The package has no public name for it.
        uri: str = self.resolver._base_uri
        return uri


class References:
    """The references of one schema.

    Args:
        contents: the schema.
        dialect: its draft.
        registry: other schemas that it may refer to.

    Raises:
        SchemaError: it or a part of it cannot be identified.
    """

    def __init__(self, contents: Any, dialect: Dialect, registry: Any) -> None:
        known: Any = METASCHEMAS if registry is None else METASCHEMAS.combine(registry)
        resource = dialect.specification.create_resource(contents)
        uri = resource.id() or ""
        try:
            # What has been crawled is not crawled again at each reference.
            known = known.with_resource(uri, resource).crawl()
        except (*_FAULTS, TypeError, AttributeError) as error:
            raise refusal(f"the references in the schema cannot be read ({error})", (), contents) from None
        self.root = Place(contents, known.resolver(base_uri=uri), dialect, (), "")
        # Where each container of a document stands, by its identity; and the documents, which live as long.
        self._places: dict[int, tuple[str, Where]] = {id(each): ("", where) for where, each in subschemas(contents)}
        self._documents: dict[str, Any] = {uri: contents}
        self._alive: list[Any] = []
        self._names: dict[str, frozenset[str]] = {}
        self._anchors: dict[tuple[str, str], bool] = {}

    def follow(self, place: Place, keyword: str) -> Place:
        """What the reference under this keyword leads to.

        Raises:
            SchemaError: nothing is there, or nothing that is a schema.
        """
        ref: Any = place.contents[keyword]
        try:
            if keyword == "$recursiveRef":
                found = referencing.jsonschema.lookup_recursive_ref(place.resolver)
            else:
                found = place.resolver.lookup(ref)
        except _FAULTS as error:
            msg = f"the reference {ref!r} cannot be resolved"
            if ":" in ref and not isinstance(error.__cause__, LookupError):
                msg += "; nothing is loaded from a network, so other schemas have to be in the registry"
            raise refusal(msg, (*place.where, keyword), ref, place.base) from None
        contents: Any = found.contents
        if not isinstance(contents, (dict, bool)):
            raise refusal(f"the reference {ref!r} leads to no schema", (*place.where, keyword), ref, place.base)
        self._alive.append(found)
        base, where = self._find(contents, found.resolver)
        return Place(contents, found.resolver, dialect_of(contents, place.dialect, where), where, base)

    def others(self) -> list[Any]:
        """What was reached outside the schema itself."""
        own = id(self.root.contents)
        return [each for each in self._documents.values() if each is not None and id(each) != own]

    def scope(self, place: Place) -> tuple[Any, ...]:
        """What decides where the dynamic references at this place lead; comparable."""
        outermost: dict[str, str] = {}
        run: str | None = None
        goes_on = True
        for uri, registry in place.resolver.dynamic_scope():
            for name in self._dynamic_names(uri, registry):
                outermost[name] = uri
            if goes_on:
                goes_on = self._recurses(uri, registry)
                run = uri if goes_on else run
        return run, *sorted(outermost.items())

    def _find(self, contents: Any, resolver: Any) -> tuple[str, Where]:
        """The document and the place of what a reference has led to."""
        found = self._places.get(id(contents))
        if found is None and isinstance(contents, dict):
            uri = resolver._base_uri
            document = self._document(uri, resolver._registry)
            if document is not None:
                for where, each in subschemas(document):
                    self._places.setdefault(id(each), (uri, where))
            found = self._places.get(id(contents))
        return found if found is not None else (resolver._base_uri, ())

    def _document(self, uri: str, registry: Any) -> Any:
        if uri not in self._documents:
            try:
                self._documents[uri] = registry.get_or_retrieve(uri).value.contents
            except _FAULTS:
                self._documents[uri] = None
        return self._documents[uri]

    def _dynamic_names(self, uri: str, registry: Any) -> frozenset[str]:
        """The names of the dynamic anchors in a schema."""
        names = self._names.get(uri)
        if names is None:
            found: set[str] = set()
            for _, each in subschemas(self._document(uri, registry)):
                name = each.get("$dynamicAnchor") if isinstance(each, dict) else None
                if isinstance(name, str) and self._is_dynamic(uri, name, registry):
                    found.add(name)
            names = self._names[uri] = frozenset(found)
        return names

    def _is_dynamic(self, uri: str, name: str, registry: Any) -> bool:
        try:
            return isinstance(registry.anchor(uri, name).value, referencing.jsonschema.DynamicAnchor)
        except _FAULTS:
            return False

    def _recurses(self, uri: str, registry: Any) -> bool:
        document = self._document(uri, registry)
        return isinstance(document, dict) and document.get("$recursiveAnchor") is True
