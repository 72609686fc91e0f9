"""``Schema``: a compiled JSON Schema, and the target it makes.

Checking a schema against its metaschema and compiling it costs more than reading most documents. So what is compiled is
kept, by the schema's text: a second parser with an equal schema finds it. The text is the marshalled form of the
schema, the fastest there is that tells 1 from 1.0 and true, and keeps the order of keys, which decides the order of
errors. It is also a copy: changing a dict afterwards changes no parser.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, final

from jsonschema.exceptions import ValidationError

from partialjson._core.plan import Failure, Plan
from partialjson._core.rules import Rule
from partialjson._core.target import Options, Target
from partialjson.schema.compiler import Compiler, is_regex
from partialjson.schema.dialects import Dialect, dialect_named, dialect_of
from partialjson.schema.errors import Explainer, best_of, faults_of
from partialjson.schema.plans import Plans
from partialjson.schema.specs import Specs
from partialjson.schema.values import plain

if TYPE_CHECKING:
    from jsonschema import FormatChecker
    from referencing.jsonschema import SchemaRegistry

    from partialjson._core.events import Path

__all__ = ["Schema"]

# Without references within the text of a value, equal values give equal texts.
_MARSHAL: Final = 2


@final
class Schema:
    """A compiled JSON Schema: what ``Parser(schema=...)`` makes of a dict, to be kept for many parsers.

    It can be given wherever a type can: ``Parser(order)``, ``stream(chunks, order)``, ``MessageParser(output=order)``.

    Args:
        schema: a dict or a bool, as ``json.loads`` gives it. It is copied.
        registry: a ``referencing.Registry`` of other schemas that it may refer to. Nothing is loaded from a network,
            unless the registry itself does.
        format_checker: a ``jsonschema.FormatChecker``, which makes ``format`` a demand. Without one it is a remark.
        default_dialect: the draft of a schema without ``$schema``: "2020-12", "2019-09", "7" or "6", or the URI of one.

    Raises:
        jsonschema.SchemaError: it is no valid schema, a reference cannot be resolved, a pattern cannot be used, or it
            refers to itself for the same value, without end. ``path`` says where.
        ValueError: there is no such draft.
        TypeError: the schema is neither a dict nor a bool.
        ImportError: the package jsonschema is not installed.
    """

    __slots__ = ("_compiled", "_default", "_format_checker", "_registry", "_text")

    def __init__(
        self,
        schema: dict[str, Any] | bool,
        *,
        registry: SchemaRegistry | None = None,
        format_checker: FormatChecker | None = None,
        default_dialect: str = "2020-12",
    ) -> None:
        if not isinstance(schema, (dict, bool)):
            hint = "; for a model, give it as the target" if isinstance(schema, type) else ""
            raise TypeError(f"a schema is a dict or a bool, not {type(schema).__name__}{hint}")
        try:
            text = marshal.dumps(schema, _MARSHAL)
        except ValueError:
            # A container of another class, or no JSON at all.
            text = marshal.dumps(plain(schema), _MARSHAL)
        self._text = text
        self._registry: Any = registry
        self._format_checker = format_checker
        self._default = dialect_named(default_dialect)
        if registry is None and format_checker is None:
            self._compiled = _kept(text, self._default)
        else:
            self._compiled = _Compiled(text, self._default, registry, format_checker)

    @property
    def schema(self) -> Any:
        """The schema that was given: a new copy."""
        return marshal.loads(self._text)

    @property
    def dialect(self) -> str:
        """The draft that it is written in: "2020-12", "2019-09", "7" or "6"."""
        return self._compiled.dialect.name

    def __partialjson_target__(self, options: Options) -> Target:
        if options.are_of_validation:
            raise TypeError("strict, context, by_alias and by_name are for types of pydantic; a JSON Schema has none")
        return self._compiled.target(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self._state() == other._state()

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        text = json.dumps(self.schema)
        return f"Schema({text if len(text) <= 60 else text[:57] + '...'}, draft {self.dialect})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _made_again, self._state()

    def _state(self) -> tuple[Any, ...]:
        return self._text, self._registry, self._format_checker, self._default.name


def _made_again(text: bytes, registry: Any, format_checker: Any, default: str) -> Schema:
    return Schema(marshal.loads(text), registry=registry, format_checker=format_checker, default_dialect=default)


class _Compiled:
    """Everything that parsers of one schema share."""

    def __init__(self, text: bytes, default: Dialect, registry: Any, format_checker: FormatChecker | None) -> None:
        contents = plain(marshal.loads(text))
        self.dialect = dialect_of(contents, default, ())
        self.dialect.check(contents, (), is_regex)
        compiler = Compiler(contents, self.dialect, registry, format_checker)
        self.rule: Final = compiler.root()
        self._contents: Final = contents
        self._compiler: Final = compiler
        self._explainer: Final = Explainer(
            compiler.references.root, registry, format_checker, compiler.has_pattern_properties, compiler.size()
        )
        self._specs: Final = Specs()
        self._spec: Final = self._specs.spec(self.rule)
        self._plan: Plan | None = None
        self._fingerprint = ""

    def target(self, given: Schema) -> Target:
        return Target(given, None, None, self._spec, self.fingerprint, self.rule, self, self.plan)

    def plan(self) -> Plan:
        """The plan for parsers that coerce; made when the first one needs it."""
        if self._plan is None:
            explainer = self._explainer

            def refuse(rules: Sequence[Rule], value: Any) -> Failure:
                return _failure(lambda: explainer.errors(value), value, lambda: faults_of(rules, value))

            def refuse_at(rules: Sequence[Rule], value: Any) -> Failure:
                return _failure(lambda: explainer.errors_at(rules, value), value, lambda: faults_of(rules, value))

            self._plan = Plans(self._specs, refuse_at).root(self.rule, refuse)
        return self._plan

    def fingerprint(self) -> str:
        """Distinguishes schemas, with all that they refer to."""
        if not self._fingerprint:
            texts = [self.dialect.uri, json.dumps(self._contents, sort_keys=True)]
            texts += sorted(json.dumps(each, sort_keys=True) for each in self._compiler.references.others())
            self._fingerprint = sha256("\n".join(texts).encode()).hexdigest()
        return self._fingerprint

    # Errors.

    def refuse(self, value: Any, found: Sequence[tuple[Path, str, str]]) -> Failure:
        """What the end of a document gives that is not valid.

        Args:
            value: the document.
            found: what the judge has found: for each fault its path, keyword and message.
        """
        return _failure(lambda: self._explainer.errors(value), value, lambda: found)

    def refuse_at(self, rules: Sequence[Rule], value: Any, found: Sequence[tuple[Path, str, str]]) -> Failure:
        """The same for a value inside the document, which breaks these rules; paths begin at the value."""
        return _failure(lambda: self._explainer.errors_at(rules, value), value, lambda: found)


_kept = lru_cache(maxsize=512)(lambda text, default: _Compiled(text, default, None, None))


def _failure(
    ask: Callable[[], list[ValidationError] | None], value: Any, found: Callable[[], Sequence[tuple[Path, str, str]]]
) -> Failure:
    """A failure whose errors are made when somebody asks; ``found`` gives the faults, if jsonschema does not."""
    made: list[ValidationError] = []

    def errors() -> list[ValidationError]:
        if not made:
            told = ask()
            # jsonschema breaks, or does not find anything: the judge has.
            made.extend(told or [_error_of(value, *each) for each in found()])
        return made

    return Failure(None, lambda: best_of(errors()), None, errors)


def _error_of(root: Any, path: Path, keyword: str, msg: str) -> ValidationError:
    """An error for what the judge has found."""
    instance: Any = root
    for key in path:
        if isinstance(instance, list) and isinstance(key, int) and key < len(instance):
            instance = instance[key]
        else:
            instance = instance.get(key) if isinstance(instance, dict) else None
    return ValidationError(msg, validator=keyword, path=path, instance=instance)
