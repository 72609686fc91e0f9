"""Rules: what a value must satisfy, in a form that can be judged while the value is being written.

A ``Rule`` is one subschema, flat: everything that it says about a value of one kind stands in an attribute, and what it
leaves to other subschemas stands in its *parts*. Rules know no schema language. A compiler of one (JSON Schema, or a
``Spec``) makes them; the judge (``judge``) holds values against them.

*How a compiler makes one.* The rules of a schema are a graph, and it may be cyclic. So a rule is made empty, its
attributes are set, and ``finish`` computes what the judge wants to look up at once. References to a rule may be handed
out before it is finished; it is finished when the first document begins. A finished rule is never changed, so parsers
and threads share it.

*What a rule does not say, it allows.* A rule that was finished without anything set is satisfied by any value.
``NOTHING`` is satisfied by none, and is recognised wherever a rule is expected: it can be refused before the value is
known.

Parts apply to the same value as their rule (*in place*). They are in groups, and the role of a group tells what its
rule needs of them:

    ALL    all hold: ``allOf``, ``$ref``, ``$dynamicRef``
    ANY    at least one holds: ``anyOf``
    ONE    exactly one holds: ``oneOf``
    NOT    the part does not hold: ``not``
    IF     ``if``, ``then`` and ``else``: three parts, in the roles IF, THEN and ELSE; each of them may be absent
    DEP    the part holds if the object has the member ``Part.key``: ``dependentSchemas``

A cycle of parts would be a rule that needs itself for the same value. The compiler refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.digits import Numbers
from partialjson._core.patterns import Pattern
from partialjson._core.spec import ANYTHING, ARRAY, NUMBER, OBJECT, STRING, kind_of

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["ALL", "ANY", "DEP", "ELSE", "IF", "LARGEST_COUNT", "NOT", "NOTHING", "ONE", "THEN"]
__all__ += ["Check", "Group", "Part", "Rule"]

# The roles of a part.
ALL: Final = 0
ANY: Final = 1
ONE: Final = 2
NOT: Final = 3
IF: Final = 4
THEN: Final = 5
ELSE: Final = 6
DEP: Final = 7

LARGEST_COUNT: Final = 2**62
"""No string and no container is longer. A compiler puts this in the place of greater limits."""


@final
class Check:
    """A test of the closed value, for what cannot be said otherwise: ``format``, a pattern that only ``re`` knows.

    Attributes:
        keyword: the keyword it stands for.
        kinds: bit set of the JSON kinds that it is about; values of other kinds pass.
        test: is the JSON value valid? It must not raise.
        expected: completes "expected ..." in messages: "a string of format 'date'".
    """

    def __init__(self, keyword: str, kinds: i64, test: Callable[[Any], bool], expected: str = "") -> None:
        self.keyword = keyword
        self.kinds = kinds
        self.test = test
        self.expected = expected


@final
class Part:
    """A rule that applies in place.

    Attributes:
        role: what the owner needs of it, ALL to DEP.
        group: the index of its group in the owner's ``groups``.
        rule: the rule itself, which may not be finished.
        key: for DEP, the member on which it depends.
    """

    def __init__(self, role: i64, group: i64, rule: Rule, key: str) -> None:
        self.role = role
        self.group = group
        self.rule = rule
        self.key = key


@final
class Group:
    """Parts of a rule that count together.

    Attributes:
        role: ALL, ANY, ONE, NOT, IF or DEP.
        keyword: the keyword that they come from.
        size: how many there are.
    """

    def __init__(self, role: i64, keyword: str) -> None:
        self.role = role
        self.keyword = keyword
        self.size: i64 = 0


@final
class Rule:
    """What one subschema demands.

    Attributes are as JSON Schema has them, and have no effect on values of other kinds. -1 stands for a limit that is
    not set, None for anything else that is not set.

    Attributes:
        where: the subschema's place in its schema, as keys and indexes.
        origin: whatever the compiler wants to find again when an error is to be made; nobody else looks at it.
        fill: sets the attributes, when the rule is first needed, for a compiler that makes its rules one by one. It is
            given a new rule to fill, and may be called twice (by two threads at once).
        exact: is the verdict the schema's? False if the schema demands something that no attribute and no check says.
        collects: does an ``unevaluated*`` keyword of a rule around this part want to know which members it evaluates?

        kinds: bit set of the JSON kinds that are valid (``type``); 0 if none is.
        integer: must a number be an integer, 1.0 being one?
        members: the only values there are (``enum``, ``const``), as JSON values. 1 and 1.0 are the same, 1 and true are
            not. If objects or arrays are among them, ``finish`` makes parts of all of them.
        members_by: the keyword that names them.
        checks: tests of the closed value.

        min_length, max_length: of a string, in code points.
        pattern: must be found in a string.

        minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of: numbers.

        properties: rules for members by their key.
        pattern_props: rules for members whose key matches a pattern.
        additional: the rule for the other members.
        names: the rule for all keys, as strings (``propertyNames``).
        required: the keys an object must have, each once.
        dep_required: by key, the keys that an object with this one must also have.
        min_props, max_props: the number of members.
        uneval_props: the rule for members that nothing here and in the parts has evaluated.

        prefix: rules for the first elements.
        items: the rule for the elements after them.
        contains: a rule that some elements must satisfy.
        min_contains, max_contains: how many; they have no effect without ``contains``.
        contains_evaluates: do those elements count as evaluated? So it is since draft 2020-12.
        min_items, max_items: the number of elements.
        unique: must all elements be different?
        uneval_items: the rule for elements that nothing here and in the parts has evaluated.

        omits: may a validator leave out elements, so that they do not count for ``max_items``?
        overridden: for some keys, others that count instead, if they have come before.

        parts, groups: what applies in place; ``group`` and ``add`` fill them.
        by: names of attributes that come from a keyword of another name than JSON Schema 2020-12 gives them, and that
            name: {"additional": "additionalItems"}, for messages.

    Computed by ``finish``:

    Attributes:
        certain: bit set of the kinds whose values are valid whatever comes.
        settled: the same, as far as the rule's own attributes go, without its parts.
        numbers: what its attributes say about numbers.
        words: the members that are strings, sorted by code points; None if any string is a member. A compiler may set
            it instead of ``members``, in any order, where only strings are limited.
        spelled: the same in the order in which they were given.
        choices: ``members`` as they were given, objects and arrays included.
        member_kinds: bit set of the kinds of the members; all where there are none.
        key_words: the keys of ``properties`` that may have a value, sorted, if no other key is allowed except by a
            pattern; else None.
        lists_keys: are the ``key_words`` all the keys that are allowed, since no pattern allows another?
        most: the greatest number of elements that the rule allows, by ``max_items`` or because the items after the
            prefix are forbidden; -1 for any.
        is_plain: is there at most one rule for each member or element, and nobody asks which were evaluated?
        keeps: does it have to note which members were evaluated?
        checked: bit set of the kinds that are checked at the close.
        is_choosy, minds_keys, minds_commas, has_deps: may the characters of a key, a key or a comma decide something,
            and does anything depend on keys?
        needs_keys: does it matter which keys have come, before the object closes?
        forbids: is there a key whose value would have to satisfy a rule that nothing satisfies?
        opens: do the attributes demand nothing of an object but members, so that it is valid as soon as they are there?
    """

    def __init__(
        self,
        where: tuple[str | int, ...] = (),
        origin: Any = None,
        fill: Callable[[Rule], None] | None = None,
    ) -> None:
        self.where = where
        self.origin: Any = origin
        self.fill = fill
        self.exact = True
        self.collects = False

        self.kinds: i64 = ANYTHING
        self.integer = False
        self.members: list[Any] | None = None
        self.members_by = "enum"
        self.checks: list[Check] = []

        self.min_length: i64 = 0
        self.max_length: i64 = -1
        self.pattern: Pattern | None = None

        self.minimum: Any = None
        self.maximum: Any = None
        self.exclusive_minimum: Any = None
        self.exclusive_maximum: Any = None
        self.multiple_of: Any = None

        self.properties: dict[str, Rule] = {}
        self.pattern_props: list[tuple[Pattern, Rule]] = []
        self.additional: Rule | None = None
        self.names: Rule | None = None
        self.required: list[str] = []
        self.dep_required: dict[str, list[str]] = {}
        self.min_props: i64 = 0
        self.max_props: i64 = -1
        self.uneval_props: Rule | None = None

        self.prefix: list[Rule] = []
        self.items: Rule | None = None
        self.contains: Rule | None = None
        self.min_contains: i64 = 1
        self.max_contains: i64 = -1
        self.contains_evaluates = True
        self.min_items: i64 = 0
        self.max_items: i64 = -1
        self.unique = False
        self.uneval_items: Rule | None = None

        self.omits = False
        self.overridden: dict[str, tuple[str, ...]] = {}
        self.parts: list[Part] = []
        self.groups: list[Group] = []
        self.by: dict[str, str] = {}

        self.is_finished = False
        self.certain: i64 = 0
        self.settled: i64 = 0
        self.numbers: Numbers | None = None
        self.is_plain = True
        self.keeps = False
        self.opens = False
        self.checked: i64 = 0
        self.is_choosy = False
        self.minds_keys = False
        self.needs_keys = False
        self.minds_commas = False
        self.has_deps = False
        self.forbids = False
        self._height: i64 = -1
        self.words: list[str] | None = None
        self.spelled: list[str] = []
        self.choices: list[Any] | None = None
        self.member_kinds: i64 = ANYTHING
        self.key_words: list[str] | None = None
        self.lists_keys = False
        self.most: i64 = -1

    # For compilers.

    def group(self, role: i64, keyword: str) -> i64:
        """A new group of parts; returns its index, for ``add``."""
        self.groups.append(Group(role, keyword))
        return len(self.groups) - 1

    def add(self, group: i64, rule: Rule, role: i64 = -1, key: str = "") -> None:
        """Add a part to a group, in the role of the group unless another is given (THEN, ELSE).

        Args:
            key: for DEP, the member on which the part depends.
        """
        owner = self.groups[group]
        owner.size += 1
        self.parts.append(Part(owner.role if role < 0 else role, group, rule, key))

    def finish(self) -> Rule:
        """Everything is set: compute the rest, once. Returns the rule."""
        if not self.is_finished:
            fill = self.fill
            if fill is None:
                self._finish()
            else:
                # Two threads may do this at once, and neither must see what the other has only begun.
                made = Rule(self.where, self.origin)
                made.collects = self.collects
                fill(made)
                made._finish()
                self._take(made)
            self.is_finished = True
        return self

    def _finish(self) -> None:
        self._finish_members()
        if self.words is not None:
            self.spelled = list(dict.fromkeys(self.words))
            self.words = sorted(self.spelled)
        if self.additional is NOTHING:
            self.key_words = sorted(key for key, each in self.properties.items() if each is not NOTHING)
            self.lists_keys = all(each is NOTHING for _, each in self.pattern_props)
        self.most = self.max_items
        if self.items is NOTHING and (self.most < 0 or len(self.prefix) < self.most):
            self.most = len(self.prefix)
        self.settled = self._settled()
        self.certain = 0 if self.parts else self.settled
        self._finish_numbers()
        self.keeps = self.collects or self.uneval_props is not None or self.uneval_items is not None
        self.is_plain = not self.keeps and not self.pattern_props and self.contains is None and not self.overridden
        for check in self.checks:
            self.checked |= check.kinds
        self.is_choosy = self.key_words is not None or self.names is not None or self.max_props == 0
        self.has_deps = any(group.role == DEP for group in self.groups)
        self.minds_commas = self.max_props >= 0 or self.most >= 0 or self.key_words is not None
        self.opens = bool(self.required or self.min_props > 0) and not (
            self.properties
            or self.pattern_props
            or self.additional is not None
            or self.names is not None
            or self.dep_required
            or self.max_props >= 0
            or self.uneval_props is not None
            or self.checked & OBJECT
        )
        self.forbids = any(each is NOTHING for each in self.properties.values())
        self.forbids = self.forbids or any(each is NOTHING for _, each in self.pattern_props)
        self.needs_keys = self.opens or self.has_deps or self.is_choosy or self.max_props >= 0
        self.needs_keys = self.needs_keys or bool(self.overridden)
        self.minds_keys = self.opens or self.max_props >= 0 or self.forbids or self.has_deps

    def _take(self, made: Rule) -> None:
        """Be what another rule is."""
        self.exact = made.exact
        self.collects = made.collects
        self.kinds = made.kinds
        self.integer = made.integer
        self.members = made.members
        self.members_by = made.members_by
        self.checks = made.checks
        self.min_length = made.min_length
        self.max_length = made.max_length
        self.pattern = made.pattern
        self.minimum = made.minimum
        self.maximum = made.maximum
        self.exclusive_minimum = made.exclusive_minimum
        self.exclusive_maximum = made.exclusive_maximum
        self.multiple_of = made.multiple_of
        self.properties = made.properties
        self.pattern_props = made.pattern_props
        self.additional = made.additional
        self.names = made.names
        self.required = made.required
        self.dep_required = made.dep_required
        self.min_props = made.min_props
        self.max_props = made.max_props
        self.uneval_props = made.uneval_props
        self.prefix = made.prefix
        self.items = made.items
        self.contains = made.contains
        self.min_contains = made.min_contains
        self.max_contains = made.max_contains
        self.contains_evaluates = made.contains_evaluates
        self.min_items = made.min_items
        self.max_items = made.max_items
        self.unique = made.unique
        self.uneval_items = made.uneval_items
        self.omits = made.omits
        self.overridden = made.overridden
        self.parts = made.parts
        self.groups = made.groups
        self.by = made.by
        self.certain = made.certain
        self.settled = made.settled
        self.numbers = made.numbers
        self.is_plain = made.is_plain
        self.keeps = made.keeps
        self.opens = made.opens
        self.checked = made.checked
        self.is_choosy = made.is_choosy
        self.minds_keys = made.minds_keys
        self.needs_keys = made.needs_keys
        self.minds_commas = made.minds_commas
        self.has_deps = made.has_deps
        self.forbids = made.forbids
        self._height = made._height
        self.words = made.words
        self.spelled = made.spelled
        self.choices = made.choices
        self.member_kinds = made.member_kinds
        self.key_words = made.key_words
        self.lists_keys = made.lists_keys
        self.most = made.most

    # Computing.

    def _finish_members(self) -> None:
        members = self.choices = self.members
        if members is None:
            return
        structures = [each for each in members if isinstance(each, (dict, list))]
        if structures:
            # Each is a rule of its own, so that it is told as early as anything else which one is left.
            self.members = None
            group = self.group(ANY, self.members_by)
            scalars = [each for each in members if not isinstance(each, (dict, list))]
            if scalars:
                self.add(group, _member_rule(self, scalars))
            for structure in structures:
                self.add(group, _rule_of(self, structure))
            return
        self.member_kinds = 0
        words: list[str] = []
        for member in members:
            self.member_kinds |= judged_kind(member)
            if isinstance(member, str):
                words.append(member)
        self.words = words

    def _finish_numbers(self) -> None:
        if self.settled & NUMBER == NUMBER:
            return
        numbers = None
        if self.members is not None:
            numbers = [each for each in self.members if judged_kind(each) == NUMBER]
        self.numbers = Numbers(
            self.minimum,
            self.exclusive_minimum,
            self.maximum,
            self.exclusive_maximum,
            self.multiple_of,
            self.integer,
            numbers,
            self.members_by,
        )

    def height(self) -> i64:
        """How many rules lie below one another in place: 0 without parts. The height of a part is less."""
        if self._height < 0:
            todo: list[Rule] = [self]
            while todo:
                rule = todo[-1]
                if not rule.is_finished:
                    rule.finish()
                most: i64 = 0
                is_known = True
                for part in rule.parts:
                    below = part.rule._height
                    if below < 0:
                        is_known = False
                        todo.append(part.rule)
                    elif below >= most:
                        most = below + 1
                if is_known:
                    rule._height = most
                    todo.pop()
        return self._height

    def _settled(self) -> i64:
        if self.members is not None:
            return 0
        kinds = self.kinds
        for check in self.checks:
            kinds &= ~check.kinds
        if self.min_length > 0 or self.max_length >= 0 or self.pattern is not None or self.words is not None:
            kinds &= ~STRING
        bounds = (self.minimum, self.maximum, self.exclusive_minimum, self.exclusive_maximum, self.multiple_of)
        if self.integer or bounds != (None, None, None, None, None):
            kinds &= ~NUMBER
        if (
            self.properties
            or self.pattern_props
            or self.additional is not None
            or self.names is not None
            or self.required
            or self.dep_required
            or self.min_props > 0
            or self.max_props >= 0
            or self.uneval_props is not None
        ):
            kinds &= ~OBJECT
        if (
            self.prefix
            or self.items is not None
            or self.contains is not None
            or self.min_items > 0
            or self.max_items >= 0
            or self.unique
            or self.uneval_items is not None
        ):
            kinds &= ~ARRAY
        return kinds


def judged_kind(value: object) -> i64:
    """The JSON kind of a value as rules see it: a number is of both kinds of numbers."""
    kind = kind_of(value)
    return NUMBER if kind & NUMBER else kind


def _member_rule(owner: Rule, members: list[Any]) -> Rule:
    """The rule for values that are one of these scalars, as ``owner`` says."""
    rule = Rule(owner.where, owner.origin)
    rule.members = members
    rule.members_by = owner.members_by
    return rule.finish()


def _rule_of(owner: Rule, member: Any) -> Rule:
    """The rule for values equal to this one, as ``owner`` says."""
    root = Rule(owner.where, owner.origin)
    # A member may be as deep as it likes, so the rules are made without recursion.
    todo: list[tuple[Rule, Any]] = [(root, member)]
    while todo:
        rule, value = todo.pop()
        inside: list[Any] = []
        rules: list[Rule] = []
        if isinstance(value, dict):
            rule.kinds = OBJECT
            rule.required = list(value)
            inside = list(value.values())
            rules = [Rule(owner.where, owner.origin) for _ in inside]
            rule.properties = dict(zip(rule.required, rules, strict=True))
            rule.additional = NOTHING
        elif isinstance(value, list):
            rule.kinds = ARRAY
            inside = value
            rules = [Rule(owner.where, owner.origin) for _ in inside]
            rule.prefix = rules
            rule.items = NOTHING
            rule.min_items = len(value)
        else:
            rule.members = [value]
            rule.members_by = owner.members_by
        todo.extend(zip(rules, inside, strict=True))
        rule.finish()
        rule.choices = [value]
    return root


NOTHING: Final = Rule()
"""The rule that no value satisfies (``false``). ``where`` and ``origin`` are those of whoever refers to it."""
NOTHING.kinds = 0
NOTHING.finish()
