"""What is wrong with a value, as jsonschema says it.

The verdict is the core's. Only where it is "invalid" does jsonschema run, once, over the closed value: so the errors
are its own, in its order, with its paths and messages. Four of its keywords are replaced here, because they can take
very long, or break:

- ``pattern``, ``patternProperties`` and, beside the latter, ``additionalProperties`` and ``unevaluatedProperties`` use
  the core's patterns, which take linear time and know ``\\p{...}``;
- ``multipleOf`` does not overflow;
- ``uniqueItems`` compares each element once, and tells true from 1 in nested arrays as well.

jsonschema recurses over the document and gives up where that is too deep, and some schemas (unions inside unions) make
it look at the same value exponentially often. Both are stopped, and then the errors are made from what the judge found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

import attrs
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing.exceptions import Unresolvable
from referencing.jsonschema import lookup_recursive_ref

from partialjson._core.canonical import canonical_text
from partialjson._core.digits import is_integer, is_multiple
from partialjson._core.events import Path
from partialjson._core.judge import Judge
from partialjson._core.lexer import Lexer
from partialjson._core.plan import Failure
from partialjson._core.rules import NOTHING, Rule
from partialjson._core.source import Source
from partialjson._core.tree import Tree
from partialjson._missing import MISSING
from partialjson.errors import ParseError
from partialjson.limits import LARGEST
from partialjson.schema.dialects import Dialect, dialect_of
from partialjson.schema.patterns import pattern_of
from partialjson.schema.references import METASCHEMAS, Place
from partialjson.schema.values import comparable

__all__ = ["Explainer", "best_of", "faults_of"]

# How often jsonschema may enter a subschema: so often in any case, for each value of the document, and for each value
# and rule. It enters each subschema a few times for a value, where unions do not lead back to themselves.
_STEPS: Final = 20_000
_STEPS_A_VALUE: Final = 200
_STEPS_A_RULE: Final = 4

_left: ContextVar[int] = ContextVar("_left")


Faults = list[tuple[Path, str, str]]
"""What is wrong with a value: for each fault its path, keyword and message."""


class _TooLong(Exception):
    """jsonschema does not come to an end."""


class Explainer:
    """Asks jsonschema what is wrong with values, for one schema.

    Args:
        place: the schema, with what its references lead to.
        registry: other schemas that it may refer to.
        format_checker: checks ``format``.
        has_patterns: is there a ``patternProperties`` in it?
        rules: how many subschemas there are.
    """

    def __init__(self, place: Place, registry: Any, format_checker: Any, has_patterns: bool, rules: int) -> None:
        self._has_patterns = has_patterns
        self._steps: Final = max(_STEPS_A_VALUE, _STEPS_A_RULE * rules)
        self._registry: Any = METASCHEMAS if registry is None else METASCHEMAS.combine(registry)
        self._format_checker: Any = format_checker
        self._validator: Any = self._at(place)

    def errors(self, value: Any) -> list[ValidationError] | None:
        """All errors of a document, as ``iter_errors`` gives them; None if jsonschema cannot tell."""
        return self._run(self._validator, value)

    def errors_at(self, rules: Sequence[Rule], value: Any) -> list[ValidationError] | None:
        """All errors of a value inside the document under the rules of its place, with paths from there."""
        found: list[ValidationError] = []
        for rule in rules:
            if rule is NOTHING:
                found.append(_forbidden(value))
                continue
            place = rule.origin
            errors = self._run(self._at(place), value) if isinstance(place, Place) else None
            if errors is None:
                return None
            found += errors
        return found

    def _at(self, place: Place) -> Any:
        make = _guarded(place.dialect, self._has_patterns)
        return make(
            place.contents,
            registry=self._registry,
            format_checker=self._format_checker,
            _resolver=place.resolver,
        )

    def _run(self, validator: Any, value: Any) -> list[ValidationError] | None:
        token = _left.set(_STEPS + self._steps * _size(value))
        try:
            return list(validator.iter_errors(value))
        except (RecursionError, _TooLong, ArithmeticError, TypeError, Unresolvable):
            return None
        finally:
            _left.reset(token)


def _forbidden(value: Any) -> ValidationError:
    """What jsonschema says of a value under the schema ``false``."""
    error = ValidationError(f"False schema does not allow {value!r}", instance=value, schema=False)
    # As jsonschema has it: no keyword says so.
    no_keyword: Any = None
    error.validator = error.validator_value = no_keyword
    return error


def best_of(errors: list[ValidationError]) -> ValidationError:
    """The error that ``jsonschema.validate`` raises; there is at least one."""
    try:
        best: ValidationError | None = best_match(iter(errors))
    except (RecursionError, TypeError):
        best = None
    return errors[0] if best is None else best


def faults_of(rules: Sequence[Rule], value: Any) -> Faults:
    """What the judge finds wrong with a value that breaks some of these rules; at least one fault."""
    collector = _Collector()
    for rule in rules:
        source = Source()
        tree = Tree(None, MISSING)
        tree.be_judged(Judge(rule, source), source, collector, False)
        lexer = Lexer(tree, LARGEST, LARGEST, LARGEST, LARGEST, source, True)
        # NaN is no JSON.
        with suppress(ParseError):
            # A number ends with what follows it.
            lexer.feed(canonical_text(value) + " ")
    return collector.found or [((), "", "the value does not fit its schema")]


class _Collector:
    """Keeps what the judge has found in a document."""

    def __init__(self) -> None:
        self.found: Faults = []

    def refuse(self, value: Any, found: Sequence[tuple[Path, str, str]]) -> Failure:
        self.found += found
        return Failure(ValueError("the document is invalid"))

    def refuse_at(self, rules: Sequence[Rule], value: Any, found: Sequence[tuple[Path, str, str]]) -> Failure:
        return Failure(ValueError("the value is invalid"))


def _size(value: Any) -> int:
    """How many values there are in a value."""
    size = 0
    todo = [value]
    while todo:
        each = todo.pop()
        size += 1
        if isinstance(each, dict):
            todo.extend(each.values())
        elif isinstance(each, list):
            todo.extend(each)
    return size


# The validator classes.


@lru_cache(maxsize=16)
def _guarded(dialect: Dialect, has_patterns: bool) -> Any:
    """The validator class of a dialect with the keywords that are replaced."""
    replaced: dict[str, Callable[..., Iterator[ValidationError]]] = {
        "pattern": _pattern,
        "multipleOf": _multiple_of,
        "uniqueItems": _unique_items,
    }
    if has_patterns:
        replaced["patternProperties"] = _pattern_properties
        stock = dialect.validator.VALIDATORS["additionalProperties"]
        replaced["additionalProperties"] = _additional_properties(stock)
        if "unevaluatedProperties" in dialect.keywords:
            replaced["unevaluatedProperties"] = _unevaluated_properties
    # Errors carry the checker of types, and jsonschema's has a lambda in it: they could not be pickled.
    types = dialect.validator.TYPE_CHECKER.redefine("integer", _is_integer)
    made: Any = extend(dialect.validator, replaced, type_checker=types)
    fields = [(field.name, field.alias) for field in attrs.fields(made) if field.init]

    def evolve(self: Any, **changes: Any) -> Any:
        left = _left.get(_STEPS)
        if left <= 0:
            raise _TooLong
        _left.set(left - 1)
        contents = changes.setdefault("schema", self.schema)
        inside = dialect_of(contents, dialect, ()) if isinstance(contents, dict) and "$schema" in contents else dialect
        for name, alias in fields:
            if alias not in changes:
                changes[alias] = getattr(self, name)
        return (made if inside is dialect else _guarded(inside, has_patterns))(**changes)

    # jsonschema's own gives the unchanged class to a subschema with a ``$schema``.
    made.evolve = evolve
    return made


def _is_integer(checker: Any, instance: Any) -> bool:
    return isinstance(instance, int | float) and is_integer(instance)


def _pattern(validator: Any, source: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(source, instance):
        yield ValidationError(f"{instance!r} does not match {source!r}")


def _matches(source: str, text: str) -> bool:
    pattern = pattern_of(source)
    return pattern is not None and pattern.matches(text)


def _multiple_of(validator: Any, divisor: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    is_number = isinstance(instance, int | float) and not isinstance(instance, bool)
    if is_number and not is_multiple(instance, divisor):
        yield ValidationError(f"{instance!r} is not a multiple of {divisor}")


def _unique_items(validator: Any, unique: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if unique and isinstance(instance, list):
        seen = {comparable(each) for each in instance}
        if len(seen) < len(instance):
            yield ValidationError(f"{instance!r} has non-unique elements")


def _pattern_properties(validator: Any, given: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for source, subschema in given.items():
        for key, value in instance.items():
            if _matches(source, key):
                yield from validator.descend(value, subschema, path=key, schema_path=source)


def _additional_properties(stock: Any) -> Callable[..., Iterator[ValidationError]]:
    """``additionalProperties``; ``stock`` is jsonschema's."""

    def check(validator: Any, given: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        sources = schema.get("patternProperties")
        if not sources or not isinstance(instance, dict):
            yield from stock(validator, given, instance, schema) or ()
            return
        known = schema.get("properties", {})
        extras = [key for key in instance if key not in known and not any(_matches(each, key) for each in sources)]
        if isinstance(given, dict):
            for extra in extras:
                yield from validator.descend(instance[extra], given, path=extra)
        elif not given and extras:
            keys = ", ".join(map(repr, sorted(extras)))
            verb = "does" if len(extras) == 1 else "do"
            yield ValidationError(
                f"{keys} {verb} not match any of the regexes: {', '.join(map(repr, sorted(sources)))}"
            )

    return check


def _unevaluated_properties(validator: Any, given: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    seen = _evaluated(validator, instance, schema)
    left = [
        key
        for key, value in instance.items()
        if key not in seen
        for _ in validator.descend(value, given, path=key, schema_path=key)
    ]
    if not left:
        return
    if given is False:
        keys = ", ".join(map(repr, sorted(left)))
        verb = "was" if len(left) == 1 else "were"
        yield ValidationError(f"Unevaluated properties are not allowed ({keys} {verb} unexpected)")
    else:
        keys = ", ".join(map(repr, left))
        verb = "was" if len(left) == 1 else "were"
        yield ValidationError(
            f"Unevaluated properties are not valid under the given schema ({keys} {verb} unevaluated and invalid)"
        )


def _evaluated(validator: Any, instance: dict[str, Any], schema: Any) -> set[str]:
    """The members of an object that a schema evaluates, by itself and by those that apply in place."""
    if not isinstance(schema, dict):
        return set()
    seen: set[str] = instance.keys() & schema.get("properties", {}).keys()
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if keyword in schema:
            seen |= {key for key, value in instance.items() if _is_valid(validator, value, schema[keyword])}
    for source in schema.get("patternProperties", ()):
        seen |= {key for key in instance if _matches(source, key)}
    for resolved in _references(validator, schema):
        inside = validator.evolve(schema=resolved.contents, _resolver=resolved.resolver)
        seen |= _evaluated(inside, instance, resolved.contents)
    chosen = [part for key, part in schema.get("dependentSchemas", {}).items() if key in instance]
    for keyword in ("allOf", "anyOf", "oneOf"):
        chosen += [part for part in schema.get(keyword, ()) if _is_valid(validator, instance, part)]
    if "if" in schema:
        if validator.evolve(schema=schema["if"]).is_valid(instance):
            chosen += [schema["if"], schema.get("then")]
        else:
            chosen.append(schema.get("else"))
    for part in chosen:
        seen |= _evaluated(validator, instance, part)
    return seen


def _references(validator: Any, schema: dict[str, Any]) -> Iterator[Any]:
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in validator.VALIDATORS and schema.get(keyword) is not None:
            yield validator._resolver.lookup(schema[keyword])
    if "$recursiveRef" in validator.VALIDATORS and "$recursiveRef" in schema:
        yield lookup_recursive_ref(validator._resolver)


def _is_valid(validator: Any, value: Any, schema: Any) -> bool:
    return next(validator.descend(value, schema), None) is None
