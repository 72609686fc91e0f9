"""From rules to Specs: what a schema's documents hold, for everything that describes them.

Several subschemas may say something of one value: ``allOf``, a reference with keywords beside it, a property that a
branch describes further. So a spec is made of a *set* of rules that hold together. All that applies in place is drawn
together first; a choice (``anyOf``, ``oneOf``) is resolved where only one branch remains beside null, and becomes the
branches of the spec otherwise, each together with everything around the choice. What holds only under a condition
(``then``, ``else``, ``dependentSchemas``) adds fields, and requires none.

A spec only describes. What is valid is decided by the rules.
"""

from __future__ import annotations

from typing import Any, Final

from partialjson._core.rules import ALL, ANY, DEP, ELSE, NOTHING, ONE, THEN, Group, Rule, judged_kind
from partialjson._core.spec import (
    ANYTHING,
    ARRAY,
    BOOLEAN,
    INTEGER,
    NO_DEFAULT,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    Field,
    Spec,
)
from partialjson.schema.references import Place
from partialjson.schema.values import comparable

__all__ = ["Gathered", "Source", "Specs"]

_NOUNS: Final = {
    STRING: "a string",
    NUMBER: "a number",
    INTEGER: "an integer",
    BOOLEAN: "true or false",
    NULL: "null",
    OBJECT: "an object",
    ARRAY: "an array",
}
_NOTES: Final = ("format", "contentEncoding", "contentMediaType", "deprecated", "examples", "readOnly", "writeOnly")
_LOW: Final = {
    "min_length": "minLength",
    "minimum": "minimum",
    "exclusive_minimum": "exclusiveMinimum",
    "min_items": "minItems",
    "min_props": "minProperties",
}
_HIGH: Final = {
    "max_length": "maxLength",
    "maximum": "maximum",
    "exclusive_maximum": "exclusiveMaximum",
    "max_items": "maxItems",
    "max_props": "maxProperties",
}


class Source:
    """What a spec is made of: the rules that hold, the choices that are settled, and the kinds that are left.

    ``null`` says whether null is valid, for a choice that was settled to its only other branch; ``binds``, whether the
    rules hold in any case, or only under some condition.
    """

    __slots__ = ("binds", "kinds", "null", "rules", "settled")

    def __init__(
        self,
        rules: tuple[Rule, ...],
        settled: frozenset[int] = frozenset(),
        kinds: int = ANYTHING,
        null: bool | None = None,
        binds: bool = True,
    ) -> None:
        self.binds = binds
        self.rules = rules
        self.settled = settled
        self.kinds = kinds
        self.null = null

    def only(self, kind: int) -> Source:
        """The same for values of one kind."""
        return Source(self.rules, self.settled, self.kinds & kind, binds=self.binds)

    def key(self) -> tuple[Any, ...]:
        return tuple(sorted({id(rule) for rule in self.rules})), self.settled, self.kinds, self.null, self.binds


class Gathered:
    """All that applies to a value of a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rules: list[Rule] = []
        self.choices: list[tuple[Group, list[Rule]]] = []
        self.conditional: list[Rule] = []
        seen: set[int] = set()
        todo = list(reversed(source.rules))
        while todo:
            rule = todo.pop()
            if id(rule) in seen:
                continue
            seen.add(id(rule))
            self.rules.append(rule)
            for index, group in enumerate(rule.groups):
                parts = [part for part in rule.parts if part.group == index]
                if group.role == ALL:
                    todo.extend(part.rule for part in parts)
                elif group.role in (ANY, ONE):
                    if id(group) not in source.settled:
                        self.choices.append((group, [part.rule for part in parts]))
                elif group.role == DEP:
                    self.conditional += [part.rule for part in parts]
                else:
                    self.conditional += [part.rule for part in parts if part.role in (THEN, ELSE)]
        self.kinds = source.kinds
        for rule in self.rules:
            self.kinds &= rule.kinds & rule.member_kinds
        if source.null is not None:
            self.kinds = self.kinds & ~NULL | (NULL if source.null else 0)

    def contents(self) -> list[dict[str, Any]]:
        """The subschemas themselves, those that were referred to last."""
        return [rule.origin.contents for rule in self.rules if isinstance(rule.origin, Place)]

    def members(self) -> list[Any] | None:
        """The only values there are; None if they are not listed."""
        found: list[Any] | None = None
        for rule in self.rules:
            if rule.members is not None:
                if found is None:
                    found = rule.members
                else:
                    known = {comparable(each) for each in rule.members}
                    found = [each for each in found if comparable(each) in known]
        return found if found is None else [each for each in found if judged_kind(each) & self.kinds]

    def speaks_of_others(self) -> bool:
        """Is anything said of the members of an object that are not named, if only that they are allowed?"""
        if any(rule.additional is not None or rule.pattern_props for rule in self.rules):
            return True
        return any("additionalProperties" in contents for contents in self.contents())

    def under(self, key: str) -> list[Rule]:
        """The rules of the member with this key."""
        found: list[Rule] = []
        for rule in self.rules:
            found += _under(rule, key)
        return found


class Specs:
    """The specs of one schema."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Spec] = {}
        self._anything = Spec()

    def spec(self, rule: Rule) -> Spec:
        """The spec of the values that satisfy a rule; it is filled on demand."""
        return self.of(Source((rule,)))

    def of(self, source: Source) -> Spec:
        if not source.rules:
            return self._anything
        key = source.key()
        spec = self._made.get(key)
        if spec is None:
            # The rules live as long as the specs that have them, so their identities stay theirs.
            spec = self._made.setdefault(key, Spec(self._fill, source))
        return spec

    def _of(self, rules: list[Rule], binds: bool = True) -> Spec:
        return self.of(Source(tuple(rules), binds=binds))

    def _fill(self, spec: Spec, source: Source) -> None:
        gathered, branches, kinds = self.settle(source)
        spec.binding = source.binds
        contents = gathered.contents()
        for each in contents:
            spec.title = spec.title or _text(each.get("title"))
            spec.description = spec.description or _text(each.get("description"))
        notes = {name: each[name] for each in reversed(contents) for name in _NOTES if name in each}
        spec.kinds = kinds
        # Null is no branch.
        spec.nullable = kinds & NULL != 0 and (bool(branches) or kinds not in (NULL, ANYTHING))
        usual = kinds & ~NULL if spec.nullable else kinds
        if branches:
            spec.usual = usual
            spec.noun = _noun(usual)
            spec.lead(branches=[self.of(each) for each in branches], notes=notes)
            tag, tagged = self.tags(branches)
            spec.tag = tag
            spec.tags = {word: self.of(each) for word, each in tagged.items()}
            return
        # Where no type is given, the keywords tell which one is meant.
        usual = usual & _meant(gathered.rules) or usual
        if usual & NUMBER and any(rule.integer for rule in gathered.rules):
            usual = usual & ~NUMBER | INTEGER
        spec.usual = usual
        spec.noun = _noun(usual)
        members = gathered.members()
        if members is not None:
            spec.words = [(each, each) for each in members if each is not None]
        spec.limits = _limits(gathered.rules)
        if usual & OBJECT:
            spec.lead(rest=self._fill_object(spec, gathered), notes=notes)
        elif usual & ARRAY:
            prefix, items = self._elements(gathered)
            spec.lead(prefix=prefix, items=items, notes=notes)
        else:
            spec.lead(notes=notes)

    def settle(self, source: Source) -> tuple[Gathered, list[Source], int]:
        """What holds at a source, the branches that are left to choose from, and the kinds of all of them."""
        while True:
            gathered = Gathered(source)
            following: Source | None = None
            for group, rules in gathered.choices:
                settled = source.settled | {id(group)}
                null = gathered.kinds & NULL != 0 and any(Gathered(Source((rule,))).kinds & NULL for rule in rules)
                # Null is no branch.
                around = source.kinds & ~NULL
                branches = [Source((*source.rules, rule), settled, around, binds=source.binds) for rule in rules]
                kept = [(each, left) for each in branches if (left := Gathered(each).kinds)]
                if len(kept) > 1:
                    kinds = NULL if null else 0
                    for _, left in kept:
                        kinds |= left
                    return gathered, [each for each, _ in kept], kinds
                if kept:
                    following = Source(kept[0][0].rules, settled, source.kinds, null, source.binds)
                    break
            if following is None:
                break
            source = following
        both = OBJECT | ARRAY
        if gathered.kinds & both == both and (gathered.kinds != ANYTHING or _structure(gathered.rules) == both):
            # One spec describes an object or an array, not both.
            masks = [source.kinds & ~NULL & ~other for other in (ARRAY, OBJECT)]
            branches = [Source(source.rules, source.settled, mask, binds=source.binds) for mask in masks]
            return gathered, branches, gathered.kinds
        return gathered, [], gathered.kinds

    # Objects and arrays.

    def _fill_object(self, spec: Spec, gathered: Gathered) -> Spec | None:
        """Set the fields of an object; returns the spec of the other members."""
        rules = [*gathered.rules, *_with_parts(gathered.conditional)]
        required = {key: None for rule in gathered.rules for key in rule.required}
        keys = {key: None for rule in rules for key in rule.properties} | required
        if keys:
            spec.fields = {}
            spec.by_key = True
            for key in keys:
                here = gathered.under(key)
                told = here or [each for rule in rules for each in _under(rule, key)]
                if NOTHING not in told:
                    inside = self._of(told, binds=bool(here) or not told)
                    spec.fields[key] = self._field(key, rules, inside, key in required)
        closed = [rule for rule in gathered.rules if rule.additional is NOTHING]
        if closed:
            allowed = frozenset.intersection(*(frozenset(rule.properties) for rule in closed))
            if not any(rule.pattern_props for rule in closed):
                spec.keys = allowed
                return None
        others = [rule.additional for rule in gathered.rules if rule.additional not in (None, NOTHING)]
        patterns = [each for rule in gathered.rules for _, each in rule.pattern_props]
        spec.keeps_unnamed = bool(keys) and not closed and not gathered.speaks_of_others()
        if not others and len(patterns) == 1:
            others = [patterns[0]]
        return self._of([each for each in others if each is not None], binds=not patterns)

    def _field(self, key: str, rules: list[Rule], inside: Spec, required: bool) -> Field:
        title = description = ""
        default: Any = NO_DEFAULT
        for rule in rules:
            # The subschema itself: where it refers to another one, it says more than that.
            given = rule.origin.contents.get("properties") if isinstance(rule.origin, Place) else None
            own = given.get(key) if isinstance(given, dict) else None
            if isinstance(own, dict):
                title = title or _text(own.get("title"))
                description = description or _text(own.get("description"))
                default = own.get("default", default) if default is NO_DEFAULT else default
        return Field(
            key,
            ((key,),),
            inside,
            required,
            title=title,
            description=description,
            default=default,
        )

    def _elements(self, gathered: Gathered) -> tuple[list[Spec], Spec | None]:
        """The specs of the first elements of an array, and of the others."""
        rules = gathered.rules
        prefix: list[Spec] = []
        for index in range(max(len(rule.prefix) for rule in rules)):
            told = [rule.prefix[index] if index < len(rule.prefix) else rule.items for rule in rules]
            prefix.append(self._of([each for each in told if each is not None]))
        items = [rule.items for rule in rules if rule.items is not None]
        if NOTHING in items:
            return prefix, None
        return prefix, self._of(items)

    # Choices.

    def tags(self, branches: list[Source]) -> tuple[str | None, dict[Any, Source]]:
        """The member that tells which branch an object belongs to, and the branches by its values; None and nothing if
        there is no such member."""
        all_of_them = [Gathered(branch) for branch in branches]
        if any(each.kinds != OBJECT for each in all_of_them):
            return None, {}
        first, *others = all_of_them
        for key in [key for rule in first.rules for key in rule.required]:
            if any(not any(key in rule.required for rule in each.rules) for each in others):
                continue
            tags: dict[Any, Source] = {}
            count = 0
            for gathered, branch in zip(all_of_them, branches, strict=True):
                words = Gathered(Source(tuple(gathered.under(key)))).members()
                if not words or not all(type(word) in (str, int) for word in words):
                    break
                count += len(words)
                tags.update(dict.fromkeys(words, branch))
            else:
                if len(tags) == count:
                    return key, tags
        return None, {}


def _under(rule: Rule, key: str) -> list[Rule]:
    """What a rule says of the member with this key."""
    found = [rule.properties[key]] if key in rule.properties else []
    found += [each for pattern, each in rule.pattern_props if pattern.matches(key)]
    if not found and rule.additional is not None:
        found.append(rule.additional)
    return found


def _with_parts(rules: list[Rule]) -> list[Rule]:
    """Some rules and all that hold with each of them."""
    return [each for rule in rules for each in Gathered(Source((rule,))).rules]


def _structure(rules: list[Rule]) -> int:
    """The kinds of containers that the rules say something about."""
    kinds = 0
    for rule in rules:
        if rule.properties or rule.pattern_props or rule.additional is not None or rule.required or rule.names:
            kinds |= OBJECT
        if rule.prefix or rule.items is not None or rule.contains is not None:
            kinds |= ARRAY
    return kinds


def _meant(rules: list[Rule]) -> int:
    """The kinds that the rules say something about, or name; all if there are none."""
    kinds = _structure(rules)
    for rule in rules:
        if rule.min_length > 0 or rule.max_length >= 0 or rule.pattern is not None:
            kinds |= STRING
        bounds = (rule.minimum, rule.maximum, rule.exclusive_minimum, rule.exclusive_maximum, rule.multiple_of)
        if any(bound is not None for bound in bounds):
            kinds |= NUMBER
        if rule.kinds != ANYTHING or rule.members is not None:
            kinds |= rule.kinds & rule.member_kinds
    return kinds or ANYTHING


def _noun(usual: int) -> str:
    return _NOUNS.get(usual, "a value")


def _text(given: Any) -> str:
    return given if isinstance(given, str) else ""


def _limits(rules: list[Rule]) -> dict[str, Any]:
    """The limits of a value, by their keywords; the narrowest where several rules have one."""
    limits: dict[str, Any] = {}
    for rule in rules:
        for name, keyword in _LOW.items():
            bound: Any = getattr(rule, name)
            if bound is not None and (bound > 0 or name.endswith("minimum")):
                limits[keyword] = max(limits.get(keyword, bound), bound)
        for name, keyword in _HIGH.items():
            bound = getattr(rule, name)
            if bound is not None and (bound >= 0 or name.endswith("maximum")):
                limits[keyword] = min(limits.get(keyword, bound), bound)
        if rule.multiple_of is not None:
            limits.setdefault("multipleOf", rule.multiple_of)
        if rule.pattern is not None:
            limits.setdefault("pattern", rule.pattern.source)
        if rule.unique:
            limits["uniqueItems"] = True
    return limits
