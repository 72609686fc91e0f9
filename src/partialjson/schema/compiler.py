"""From JSON Schema to rules: one ``Rule`` of the core for each subschema.

A rule is made empty, so that a recursive schema can refer to it, and filled from a list of what is still to be done. So
everything is compiled when the parser is made: a reference to nowhere, a wrong pattern and a schema that needs itself
for the same value are found then, not in the middle of a document.

*One rule, or several?* The same subschema may need several rules: where dynamic references in it lead to different
schemas (``References.scope``), and where an ``unevaluated*`` keyword around it asks which members it has evaluated. A
subschema that only refers to another one needs none of its own.

Each keyword has a method here; ``Dialect.keywords`` says which of them a draft has. What the keywords mean is what
jsonschema makes of them, with two exceptions: ``\\p{...}`` works in patterns, and a subschema's own ``$id`` is the base
of its references wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from jsonschema.exceptions import FormatError, SchemaError

from partialjson._core.patterns import Pattern
from partialjson._core.rules import (
    ALL,
    ANY,
    DEP,
    ELSE,
    IF,
    LARGEST_COUNT,
    NOT,
    NOTHING,
    ONE,
    THEN,
    Check,
    Rule,
)
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING
from partialjson.schema.dialects import Dialect, refusal
from partialjson.schema.patterns import pattern_of
from partialjson.schema.references import Place, References

if TYPE_CHECKING:
    from jsonschema import FormatChecker

__all__ = ["Compiler"]

EVERYTHING: Final = Rule().finish()
"""The rule that every value satisfies (``true``)."""

_KINDS: Final = {
    "string": STRING,
    "number": NUMBER,
    "integer": NUMBER,
    "boolean": BOOLEAN,
    "null": NULL,
    "object": OBJECT,
    "array": ARRAY,
}
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")


class Compiler:
    """Compiles one schema.

    Args:
        contents: the schema, as JSON values; it has been checked against its metaschema.
        dialect: its draft.
        registry: other schemas that it may refer to.
        format_checker: checks ``format``; without one it is an annotation.

    Raises:
        SchemaError: it cannot be used; see ``root``.
    """

    def __init__(self, contents: Any, dialect: Dialect, registry: Any, format_checker: FormatChecker | None) -> None:
        self.references = References(contents, dialect, registry)
        self._format_checker = format_checker
        self._rules: dict[tuple[Any, ...], Rule] = {}
        self._todo: list[tuple[Rule, Place, bool]] = []
        self.has_pattern_properties = False
        # The subschemas that a metaschema was asked about, by identity.
        self._checked: set[int] = set()
        self._note_checked(self.references.root)

    def root(self) -> Rule:
        """The rule of the whole schema, with all the others made and finished.

        Raises:
            SchemaError: a reference cannot be resolved, a pattern cannot be used, or a subschema refers to itself for
                the same value. Its ``path`` says where.
        """
        root = self.rule(self.references.root)
        while self._todo:
            rule, place, collects = self._todo.pop()
            self._fill(rule, place, collects)
        rules = list(self._rules.values())
        for rule in rules:
            rule.finish()
        _refuse_circles(rules)
        return root

    def size(self) -> int:
        """How many rules there are."""
        return len({id(rule) for rule in self._rules.values()})

    def rule(self, place: Place, collects: bool = False) -> Rule:
        """The rule of a subschema, which may not be filled yet.

        Args:
            collects: does an ``unevaluated*`` keyword want to know what it evaluates?
        """
        passed: dict[tuple[Any, ...], None] = {}
        while True:
            contents = place.contents
            if contents is True:
                found = EVERYTHING
                break
            if contents is False:
                found = NOTHING
                break
            key = (id(contents), place.uri(), self.references.scope(place), place.dialect, collects)
            rule = self._rules.get(key)
            if rule is not None:
                found = rule
                break
            if key in passed:
                raise _circle(place)
            passed[key] = None
            onward = self._onward(place)
            if onward is None:
                found = Rule(place.where, place)
                found.collects = collects
                self._todo.append((found, place, collects))
                break
            place = onward
        for key in passed:
            self._rules[key] = found
        return found

    def _onward(self, place: Place) -> Place | None:
        """The subschema that this one only refers to, if that is all it does."""
        contents = place.contents
        if place.dialect.ref_alone and contents.get("$ref") is not None:
            return self.follow(place, "$ref")
        said = [keyword for keyword in contents if keyword in place.dialect.keywords]
        if len(said) != 1:
            return None
        if said[0] in _REFERENCES and contents[said[0]] is not None:
            return self.follow(place, said[0])
        if said[0] == "allOf" and len(contents["allOf"]) == 1:
            return place.below("allOf", 0)
        return None

    def follow(self, place: Place, keyword: str) -> Place:
        target = self.references.follow(place, keyword)
        if isinstance(target.contents, dict) and id(target.contents) not in self._checked:
            # It stands where a metaschema sees no schema, or in another document.
            target.dialect.check(target.contents, target.where, is_regex)
            self._note_checked(target)
        return target

    def _note_checked(self, place: Place) -> None:
        todo = [place.contents]
        while todo:
            contents = todo.pop()
            if isinstance(contents, dict) and id(contents) not in self._checked:
                self._checked.add(id(contents))
                todo.extend(place.dialect.specification.subresources_of(contents))

    # One subschema.

    def _fill(self, rule: Rule, place: Place, collects: bool) -> None:
        _Filling(self, rule, place, collects).fill()

    def check_of(self, name: str) -> Check | None:
        """The check of a format; None if nothing is checked."""
        checker = self._format_checker
        if checker is None or name not in checker.checkers:
            return None

        def conforms(value: Any) -> bool:
            try:
                checker.check(value, name)
            except FormatError:
                return False
            return True

        return Check("format", ANYTHING, conforms, f"a value of the format {name!r}")


class _Filling:
    """The filling of one rule: a method for each keyword, which gets the keyword's value."""

    def __init__(self, compiler: Compiler, rule: Rule, place: Place, collects: bool) -> None:
        self.compiler = compiler
        self.rule = rule
        self.place = place
        contents: dict[str, Any] = place.contents
        self.contents = contents
        # Is it of interest what is evaluated here?
        self.wanted = collects or "unevaluatedProperties" in contents or "unevaluatedItems" in contents

    def fill(self) -> None:
        keywords = self.place.dialect.keywords
        for keyword, value in self.contents.items():
            method = _METHODS.get(keyword)
            if method is not None and keyword in keywords:
                method(self, value)

    def below(self, *keys: str | int) -> Rule:
        """The rule of a subschema for another value."""
        return self.compiler.rule(self.place.below(*keys))

    def in_place(self, *keys: str | int) -> Rule:
        """The rule of a subschema for the same value."""
        return self.compiler.rule(self.place.below(*keys), self.wanted)

    # Any value.

    def type(self, names: str | list[str]) -> None:
        given = [names] if isinstance(names, str) else names
        kinds = 0
        for name in given:
            kinds |= _KINDS[name]
        self.rule.kinds = kinds
        self.rule.integer = "integer" in given and "number" not in given

    def enum(self, members: list[Any]) -> None:
        self._members("enum", members)

    def const(self, member: Any) -> None:
        self._members("const", [member])

    def _members(self, keyword: str, members: list[Any]) -> None:
        rule = self.rule
        if rule.members is not None:
            # Both must hold.
            rule = Rule((*self.place.where, keyword), self.place)
            self.rule.add(self.rule.group(ALL, keyword), rule)
        rule.members = members
        rule.members_by = keyword
        if rule is not self.rule:
            rule.finish()

    def format(self, name: str) -> None:
        check = self.compiler.check_of(name)
        if check is not None:
            self.rule.checks.append(check)

    # Strings and numbers.

    def min_length(self, count: float) -> None:
        self.rule.min_length = _count(count)

    def max_length(self, count: float) -> None:
        self.rule.max_length = _count(count)

    def pattern(self, source: str) -> None:
        self.rule.pattern = self._pattern(source, "pattern")

    def _pattern(self, source: str, *keys: str) -> Pattern:
        pattern = pattern_of(source)
        if pattern is None:
            raise refusal("the pattern cannot be used", (*self.place.where, *keys), source, self.place.base)
        return pattern

    def minimum(self, bound: float) -> None:
        self.rule.minimum = bound

    def maximum(self, bound: float) -> None:
        self.rule.maximum = bound

    def exclusive_minimum(self, bound: float) -> None:
        self.rule.exclusive_minimum = bound

    def exclusive_maximum(self, bound: float) -> None:
        self.rule.exclusive_maximum = bound

    def multiple_of(self, divisor: float) -> None:
        self.rule.multiple_of = divisor

    # Objects.

    def properties(self, given: dict[str, Any]) -> None:
        self.rule.properties = {key: self.below("properties", key) for key in given}

    def pattern_properties(self, given: dict[str, Any]) -> None:
        self.compiler.has_pattern_properties = True
        for source in given:
            pattern = self._pattern(source, "patternProperties", source)
            self.rule.pattern_props.append((pattern, self.below("patternProperties", source)))

    def additional_properties(self, _: Any) -> None:
        self.rule.additional = self._rest("additionalProperties")

    def unevaluated_properties(self, _: Any) -> None:
        self.rule.uneval_props = self._rest("unevaluatedProperties")

    def _rest(self, keyword: str) -> Rule | None:
        """The rule for what is left; None if it allows everything and nobody wants to know what it evaluates."""
        rule = self.below(keyword)
        return None if rule is EVERYTHING and not self.wanted else rule

    def property_names(self, _: Any) -> None:
        rule = self.below("propertyNames")
        self.rule.names = None if rule is EVERYTHING else rule

    def required(self, keys: list[str]) -> None:
        self.rule.required = list(dict.fromkeys(keys))

    def dependent_required(self, given: dict[str, list[str]]) -> None:
        for key, keys in given.items():
            self.rule.dep_required[key] = list(dict.fromkeys(keys))

    def dependent_schemas(self, given: dict[str, Any]) -> None:
        self._dependent("dependentSchemas", list(given))

    def dependencies(self, given: dict[str, Any]) -> None:
        self.rule.by["dep_required"] = "dependencies"
        for key, value in given.items():
            if isinstance(value, list):
                self.rule.dep_required[key] = list(dict.fromkeys(value))
        self._dependent("dependencies", [key for key, value in given.items() if not isinstance(value, list)])

    def _dependent(self, keyword: str, keys: list[str]) -> None:
        if keys:
            group = self.rule.group(DEP, keyword)
            for key in keys:
                self.rule.add(group, self.in_place(keyword, key), key=key)

    def min_properties(self, count: float) -> None:
        self.rule.min_props = _count(count)

    def max_properties(self, count: float) -> None:
        self.rule.max_props = _count(count)

    # Arrays.

    def prefix_items(self, given: list[Any]) -> None:
        self.rule.prefix = [self.below("prefixItems", index) for index in range(len(given))]

    def items(self, given: Any) -> None:
        if not isinstance(given, list):
            self.rule.items = self._rest("items")
            return
        # Before draft 2020-12.
        self.rule.by["prefix"] = "items"
        self.rule.prefix = [self.below("items", index) for index in range(len(given))]
        if "additionalItems" in self.contents:
            self.rule.by["items"] = "additionalItems"
            self.rule.items = self._rest("additionalItems")

    def contains(self, _: Any) -> None:
        rule = self.rule
        rule.contains = self.below("contains")
        if "minContains" in self._counts:
            rule.min_contains = _count(self.contents["minContains"])
        if "maxContains" in self._counts:
            rule.max_contains = _count(self.contents["maxContains"])

    @property
    def _counts(self) -> set[str]:
        """The keywords beside ``contains`` that count, in drafts that have them."""
        if "dependentRequired" not in self.place.dialect.keywords:
            return set()
        return {"minContains", "maxContains"} & self.contents.keys()

    def unevaluated_items(self, _: Any) -> None:
        self.rule.uneval_items = self._rest("unevaluatedItems")

    def min_items(self, count: float) -> None:
        self.rule.min_items = _count(count)

    def max_items(self, count: float) -> None:
        self.rule.max_items = _count(count)

    def unique_items(self, unique: bool) -> None:
        self.rule.unique = unique

    # In place.

    def ref(self, _: Any) -> None:
        self._reference("$ref")

    def dynamic_ref(self, _: Any) -> None:
        self._reference("$dynamicRef")

    def recursive_ref(self, _: Any) -> None:
        self._reference("$recursiveRef")

    def _reference(self, keyword: str) -> None:
        target = self.compiler.follow(self.place, keyword)
        self.rule.add(self.rule.group(ALL, keyword), self.compiler.rule(target, self.wanted))

    def all_of(self, given: list[Any]) -> None:
        self._branches(ALL, "allOf", given)

    def any_of(self, given: list[Any]) -> None:
        self._branches(ANY, "anyOf", given)

    def one_of(self, given: list[Any]) -> None:
        self._branches(ONE, "oneOf", given)

    def _branches(self, role: int, keyword: str, given: list[Any]) -> None:
        group = self.rule.group(role, keyword)
        for index in range(len(given)):
            self.rule.add(group, self.in_place(keyword, index))

    def negation(self, _: Any) -> None:
        self.rule.add(self.rule.group(NOT, "not"), self.below("not"))

    def condition(self, _: Any) -> None:
        group = self.rule.group(IF, "if")
        for role, keyword in ((IF, "if"), (THEN, "then"), (ELSE, "else")):
            if keyword in self.contents:
                self.rule.add(group, self.in_place(keyword), role)


_METHODS: Final[dict[str, Callable[[_Filling, Any], None]]] = {
    "$dynamicRef": _Filling.dynamic_ref,
    "$recursiveRef": _Filling.recursive_ref,
    "$ref": _Filling.ref,
    "additionalProperties": _Filling.additional_properties,
    "allOf": _Filling.all_of,
    "anyOf": _Filling.any_of,
    "const": _Filling.const,
    "contains": _Filling.contains,
    "dependencies": _Filling.dependencies,
    "dependentRequired": _Filling.dependent_required,
    "dependentSchemas": _Filling.dependent_schemas,
    "enum": _Filling.enum,
    "exclusiveMaximum": _Filling.exclusive_maximum,
    "exclusiveMinimum": _Filling.exclusive_minimum,
    "format": _Filling.format,
    "if": _Filling.condition,
    "items": _Filling.items,
    "maxItems": _Filling.max_items,
    "maxLength": _Filling.max_length,
    "maxProperties": _Filling.max_properties,
    "maximum": _Filling.maximum,
    "minItems": _Filling.min_items,
    "minLength": _Filling.min_length,
    "minProperties": _Filling.min_properties,
    "minimum": _Filling.minimum,
    "multipleOf": _Filling.multiple_of,
    "not": _Filling.negation,
    "oneOf": _Filling.one_of,
    "pattern": _Filling.pattern,
    "patternProperties": _Filling.pattern_properties,
    "prefixItems": _Filling.prefix_items,
    "properties": _Filling.properties,
    "propertyNames": _Filling.property_names,
    "required": _Filling.required,
    "type": _Filling.type,
    "unevaluatedItems": _Filling.unevaluated_items,
    "unevaluatedProperties": _Filling.unevaluated_properties,
    "uniqueItems": _Filling.unique_items,
}


def is_regex(value: object) -> bool:
    """Is this a pattern that can be used, or no pattern at all?"""
    return not isinstance(value, str) or pattern_of(value) is not None


def _count(given: float) -> int:
    """A number of characters, elements or members."""
    return min(int(given), LARGEST_COUNT)


def _circle(place: Place) -> SchemaError:
    return refusal("the schema refers to itself for the same value, without end", place.where, None, place.base)


def _refuse_circles(rules: list[Rule]) -> None:
    """Refuse a rule that needs itself for the same value.

    Raises:
        SchemaError: there is one.
    """
    done: set[int] = set()
    for root in rules:
        if id(root) in done:
            continue
        open_: set[int] = {id(root)}
        stack = [(root, iter(root.parts))]
        while stack:
            rule, parts = stack[-1]
            part = next(parts, None)
            if part is None:
                stack.pop()
                open_.discard(id(rule))
                done.add(id(rule))
            elif id(part.rule) in open_:
                raise _circle(rule.origin)
            elif id(part.rule) not in done:
                open_.add(id(part.rule))
                stack.append((part.rule, iter(part.rule.parts)))
