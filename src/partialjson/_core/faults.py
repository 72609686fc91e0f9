"""What values and keys break: of a rule's own attributes, not of its parts.

A closed value is tested as a whole. The words and keys that are left for an open one are narrowed down, character by
character.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from partialjson._core.rules import NOTHING, Rule
from partialjson._core.trials import NO_INDEXES, KeyChoice, Level, Trial, allows, forbids
from partialjson._core.wording import contains_keyword, contains_msg, listed
from partialjson._core.words import first_after, first_with

if TYPE_CHECKING:
    from mypy_extensions import i64


def is_welcome(level: Level, key: str) -> bool:
    """May an object get this key, for sure?"""
    if key in level.keys:
        return False
    for trial in level.live:
        rule = trial.rule
        if rule.names is not None:
            return False
        if rule.key_words is not None and (not allows(rule, key) or forbids(rule, key)):
            return False
    return True


def mentions(level: Level, key: str) -> bool:
    """Does it matter later whether this key has come?"""
    for trial in level.trials:
        rule = trial.rule
        if key in rule.properties or key in rule.required or key in rule.dep_required:
            return True
        if any(key in needed for needed in rule.dep_required.values()):
            return True
        if rule.has_deps and any(part.key == key for part in rule.parts):
            return True
    return False


def still_missing(level: Level, trial: Trial, key: str) -> i64:
    """How many required keys an object lacks, now that it has got this one. They are counted down."""
    missing = trial.missing
    if missing is None or trial.counted != level.count - 1:
        missing = trial.missing = {name for name in trial.rule.required if name not in level.keys}
    else:
        missing.discard(key)
    trial.counted = level.count
    return len(missing)


def narrow_keys(choice: KeyChoice, keys: set[str], part: str, before: i64) -> i64:
    """The index in ``part`` of the character that leaves no key; -1 if there may be one."""
    rule = choice.trial.rule
    words = rule.key_words
    assert words is not None
    i: i64 = 0
    number: i64
    while i < len(part):
        c: i64 = ord(part[i])
        low = choice.low = first_with(words, choice.low, choice.high, before + i, c)
        choice.high = first_after(words, low, choice.high, before + i, c)
        alive = False
        for number in range(len(choice.states)):
            pattern, child = rule.pattern_props[number]
            state = choice.states[number]
            if not state.settled:
                state = choice.states[number] = pattern.step(state, c)
            alive = alive or (not state.dead and child is not NOTHING)
        if not alive and not _has_new(choice.trial, words, choice.low, choice.high, keys):
            choice.is_looking = False
            return i
        i += 1
    return -1


def has_all_keys(level: Level, trial: Trial) -> bool:
    """Has an object, which may have no key but those that are named, all of them?"""
    words = trial.rule.key_words
    assert words is not None
    if not trial.rule.lists_keys or level.count < len(words):
        return False
    return not _has_new(trial, words, 0, len(words), level.keys)


def _has_new(trial: Trial, words: list[str], low: i64, high: i64, keys: set[str]) -> bool:
    """Is one of the words in a range not among the keys?

    Words that have come are passed over: each of them leads to one behind it, and what is passed leads further from
    then on.
    """
    passed: list[int] = []
    while low < high:
        after: i64 = trial.passed.get(low, 0)
        if after == 0:
            if words[low] not in keys:
                break
            after = low + 1
        passed.append(low)
        low = after
    if passed:
        if trial.passed is NO_INDEXES:
            trial.passed = {}
        for each in passed:
            trial.passed[each] = low
    return low < high


def narrow_words(trial: Trial, words: list[str], part: str, before: i64) -> i64:
    """The index in ``part`` of the character that leaves no word, or its length."""
    i: i64 = 0
    if trial.high < 0:
        trial.high = len(words)
        trial.low = 0
    low = trial.low
    high = trial.high
    n: i64 = len(part)
    while i < n:
        c: i64 = ord(part[i])
        first = first_with(words, low, high, before + i, c)
        last = first_after(words, first, high, before + i, c)
        if first >= last:
            break
        low = first
        high = last
        i += 1
    trial.low = low
    trial.high = high
    return i


def _has_word(words: list[str], value: str) -> bool:
    low: i64 = 0
    high: i64 = len(words)
    while low < high:
        middle = (low + high) // 2
        if words[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low < len(words) and words[low] == value


def fault_of(trial: Trial, value: object) -> str:
    """The keyword that a scalar breaks; empty if there is none."""
    rule = trial.rule
    if isinstance(value, str):
        if rule.words is not None and not _has_word(rule.words, value):
            return rule.members_by
        length: i64 = len(value)
        if rule.max_length >= 0 and length > rule.max_length:
            return "maxLength"
        if length < rule.min_length:
            return "minLength"
        pattern = rule.pattern
        if pattern is not None:
            state = trial.state
            # What was examined as it came is not read again.
            if state is None or trial.read != length:
                state = pattern.advance(pattern.begin(), value, 0, length)
            if not pattern.closed(state, value):
                return "pattern"
    elif value is None or isinstance(value, bool):
        members = rule.members
        if members is not None and not any(member is value for member in members):
            return rule.members_by
    elif rule.numbers is not None:
        faults = rule.numbers.faults(value)
        if faults:
            return faults[0]
    for check in rule.checks:
        if check.kinds & trial.kind and not check.test(value):
            return check.keyword
    return ""


def fault_of_object(level: Level, trial: Trial, value: object) -> tuple[str, str]:
    """The keyword that a closed object breaks, and why. ``value`` has all its keys, unless the level has them."""
    rule = trial.rule
    if rule.required and not _has_all(level, value, rule.required):
        missing = [name for name in rule.required if not _has(level, value, name)]
        return "required", f"expected {listed(missing)}, which the object lacks"
    if level.count < rule.min_props:
        return "minProperties", f"expected at least {rule.min_props} members, found {level.count}"
    if rule.max_props >= 0 and level.count > rule.max_props:
        return "maxProperties", f"expected at most {rule.max_props} members, found more"
    for name, needed in rule.dep_required.items():
        if _has(level, value, name):
            missing = [each for each in needed if not _has(level, value, each)]
            if missing:
                return "dependentRequired", f"expected {listed(missing)} beside {name!r}"
    return "", ""


def _has_all(level: Level, value: object, names: list[str]) -> bool:
    """Has a closed object all these keys?"""
    if level.needs_keys or not isinstance(value, dict):
        return all(name in level.keys for name in names)
    return all(name in value for name in names)


def _has(level: Level, value: object, key: str) -> bool:
    """Has a closed object this key?"""
    return key in level.keys if level.needs_keys or not isinstance(value, dict) else key in value


def fault_of_array(level: Level, trial: Trial) -> tuple[str, str]:
    rule = trial.rule
    if level.count < rule.min_items:
        return "minItems", f"expected at least {rule.min_items} elements, found {level.count}"
    if rule.contains is not None and trial.matched < rule.min_contains:
        return contains_keyword(trial), contains_msg(rule)
    return "", ""


def identity(value: object) -> object:
    """Something to compare values by, as JSON Schema does: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return (value,)
    if not isinstance(value, (dict, list)):
        return value
    pieces: list[object] = []
    # What is still to be written, last first.
    todo: list[object] = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            pieces.append(("{", len(item)))
            for key in sorted(item, reverse=True):
                todo.append(item[key])
                todo.append(key)
        elif isinstance(item, list):
            pieces.append(("[", len(item)))
            todo.extend(reversed(item))
        else:
            pieces.append((item,) if isinstance(item, bool) or item is None else item)
    return tuple(pieces)


def rule_for_member(rule: Rule, level: Level) -> Rule | None:
    """The rule that a plain rule has for the member or element that begins."""
    if level.is_object:
        child = rule.properties.get(level.key)
        if child is not None:
            return child
        rest = rule.additional
        # A key that must not be there has been refused itself.
        return None if rest is NOTHING else rest
    index = level.count - 1
    if index < len(rule.prefix):
        return rule.prefix[index]
    return None if rule.items is NOTHING else rule.items
