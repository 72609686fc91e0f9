"""Unions: followed where it is certain, before a value closes, which branch pydantic will take.

*By JSON type.* A branch that cannot accept an object refuses every object alike, by its type, without looking inside
and without calling any user function. So if only one branch can accept objects, every object belongs to that branch.
Its result is the union's, whatever mode the union has, and where it fails the union's skeleton says so with the other
branches as they are. The same holds for arrays, and for atoms and strings if they can then be shown as they come.
Values that several branches may accept are settled as a whole.

*By a tag.* The object waits for the member that discriminates the union (``Switch``). Pydantic's own lookup finds the
branch, from an index text with nothing but the tag. If no tag comes, or an unknown one, the object is settled as a
whole.

Unions discriminated by a function, and those with several branches of one JSON type, are atomic.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic_core import ValidationError, core_schema

from partialjson._core.plan import Plan, Switch
from partialjson._core.spec import ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING
from partialjson.typed.schemas import Schema, Unsupported, bare, choices_of, known
from partialjson.typed.skeletons import FAILURES, FIRST_INDEX, MOST_SPELLINGS, After, Run, over_plan, replayed_only

if TYPE_CHECKING:
    from partialjson.typed.compiler import Compiler

__all__ = ["follow_tagged_union", "follow_union"]


def follow_union(compiler: Compiler, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
    """A union decided by JSON type, as far as it is.

    Raises:
        Unsupported: a branch may do anything with a value.
    """
    known(schema)
    choices = choices_of(schema)
    taken = [compiler.specs.kinds_taken(choice) for choice in choices]
    plan.exact = 0
    plan.preview = False
    for kind in (STRING, INTEGER, FLOAT, BOOLEAN, NULL, OBJECT, ARRAY):
        takers = [i for i, kinds in enumerate(taken) if kinds & kind]
        if kind == STRING and len(takers) > 1 and schema.get("mode", "smart") == "smart":
            takers = _takers_of_every_string(compiler, choices, takers, config)
        if len(takers) != 1:
            continue
        (i,) = takers
        branch = compiler.plan(choices[i], config)
        if not branch.whole or not kind & (OBJECT | ARRAY):
            plan.exact |= branch.exact & kind
        if kind == STRING:
            plan.preview = branch.preview
        if kind & (OBJECT | ARRAY):
            compiler.delegate(plan, branch, kind, _fails_as(compiler, schema, i, kind, config))


def _takers_of_every_string(
    compiler: Compiler, choices: list[Schema], takers: list[int], config: dict[str, Any]
) -> list[int]:
    """A plain ``str`` wins over a number or bool that would have to parse the string: it is the exact match."""
    plain = [i for i in takers if compiler.specs.resolve(choices[i])["type"] == "str"]
    others = [compiler.specs.resolve(choices[i])["type"] for i in takers if i not in plain]
    if len(plain) == 1 and all(kind in ("int", "float", "bool") for kind in others):
        branch = compiler.plan(choices[plain[0]], config)
        if branch.exact & STRING:
            return plain
    return takers


def _fails_as(compiler: Compiler, schema: Schema, branch: int, kind: int, config: dict[str, Any]) -> After:
    """The union's own errors, if the only branch that could accept the value has failed."""

    def make_skeleton() -> Any:
        home = compiler.home(schema)
        choices: list[Any] = []
        for i, choice in enumerate(schema["choices"]):
            if i == branch:
                given, label = choice if isinstance(choice, tuple) else (choice, None)
                choices.append((replayed_only(), label or compiler.label(given, config, home)))
            else:
                choices.append(choice)
        return compiler.skeleton(schema, compiler.defined({**bare(schema), "choices": choices}, home), config)

    text = f'{{"":{FIRST_INDEX}}}' if kind == OBJECT else f"[{FIRST_INDEX}]"
    return After(make_skeleton, text, compiler.hides_input(schema, config), FAILURES)


def follow_tagged_union(compiler: Compiler, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
    """A union discriminated by a member of its objects.

    Raises:
        Unsupported: a function discriminates it, or one of several members.
    """
    known(schema)
    key = schema["discriminator"]
    if not isinstance(key, str):
        raise Unsupported
    tags = list(schema["choices"])
    branches = [compiler.plan(schema["choices"][tag], config) for tag in tags]
    numbered = {tag: core_schema.no_info_plain_validator_function(_always(i)) for i, tag in enumerate(tags)}
    find = compiler.validator({**bare(schema), "choices": numbered}, config, prebuilt=False).validate_json
    quoted = json.dumps(key)
    hide_input = compiler.hides_input(schema, config)
    # By the text of the tag, which appears in the errors: a number may have many spellings.
    made: dict[str, Plan] = {}

    def make_skeleton() -> Any:
        replaying = {tag: replayed_only() for tag in tags}
        return compiler.skeleton(schema, {**bare(schema), "choices": replaying}, config)

    def decide(text: str, run: Run) -> Plan | None:
        plan = made.get(text)
        if plan is not None and not run.arguments:
            return plan
        tagged = f"{{{quoted}:{text}}}"
        try:
            branch = branches[find(tagged, **run.arguments)]
        except ValidationError:
            return None
        if branch.object is None and branch.switch is None:
            return None
        if plan is None:
            plan = over_plan(branch, After(make_skeleton, tagged, hide_input, FAILURES))
            if len(made) < MOST_SPELLINGS:
                made[text] = plan
        return plan

    plan.switch = Switch(key, decide)


def _always(number: int) -> Any:
    return lambda value: number
