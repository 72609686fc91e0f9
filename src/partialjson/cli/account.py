"""What was mended, for people: one line for each repair, with its line and column, what stood there and what became of
it.

    2:9: other quotes in $.name: ' became "
    3:1: missing comma in $: put in ,
    1:1: prose: left out: Sure! Here it is:
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, Final

from partialjson import Coerced, Complete, Outcome, Repair, RepairKind, Skipped
from partialjson.cli.writing import Digits, scalar_text
from partialjson.errors import json_path
from partialjson.render.text import plural, printable, show

__all__ = ["Account", "counted", "is_prose", "left_out", "stretches"]

_SHOWN: Final = 40

_QUOTE: Final = '"'
# What comes where something was missing.
_PUT_IN: Final = {
    RepairKind.MISSING_QUOTE: _QUOTE,
    RepairKind.MISSING_COMMA: ",",
    RepairKind.MISSING_COLON: ":",
    RepairKind.MISSING_VALUE: "null",
    RepairKind.MISSING_CLOSER: "the closing bracket",
}
# What a sign becomes, whatever it was.
_BECAME: Final = {
    RepairKind.OTHER_QUOTES: _QUOTE,
    RepairKind.DOUBLED_QUOTES: _QUOTE,
    RepairKind.ESCAPED_QUOTES: _QUOTE,
    RepairKind.INNER_QUOTE: '\\"',
    RepairKind.BLANK: "a blank",
}
_SEPARATORS: Final = {"=": ":", "=>": ":", ";": ","}
_CLOSERS: Final = {"}": "]", "]": "}", ")": "]"}


def left_out(outcome: Outcome[Any]) -> list[Skipped]:
    """What was left out around the document; what was left out inside is among the repairs."""
    inside = {repair.start for repair in outcome.repairs}
    return [span for span in outcome.skipped if span.start not in inside]


def stretches(spans: Iterable[Skipped]) -> int:
    """How many parts of a text the spans are, if those that touch are one."""
    count, end = 0, -1
    for span in spans:
        count += span.start != end
        end = span.end
    return count


def counted(repairs: int, coerced: int, left_out: int) -> str:
    """How much was mended, in words; "" if nothing was."""
    counts = [plural(repairs, "repair")] if repairs else []
    counts += [f"{plural(coerced, 'value')} fitted"] if coerced else []
    counts += [f"{plural(left_out, 'part')} left out"] if left_out else []
    return ", ".join(counts)


class Account:
    """Collects what was done to a text.

    Args:
        keeps: whether the text is kept, so that lines can be made of it.

    Attributes:
        repairs, left_out, coerced: how many there were.
    """

    def __init__(self, keeps: bool) -> None:
        self.repairs = 0
        self.left_out = 0
        self.coerced = 0
        self._keeps = keeps
        self._pieces: list[str] = []
        self._entries: list[tuple[int, Callable[[str], str]]] = []

    def read(self, text: str) -> None:
        """A piece of the text."""
        if self._keeps:
            self._pieces.append(text)

    def document(self, outcome: Outcome[Any], start: int, json: Any) -> None:
        """A document that begins there, or whose offsets do, has ended."""
        self.repairs += len(outcome.repairs)
        self.coerced += len(outcome.coerced)
        for repair in outcome.repairs:
            self._note(start + repair.start, _Repaired(repair, start, json))
        self.skipped(left_out(outcome), start)
        for change in outcome.coerced:
            self._note(len(self._text) if self._keeps else 0, _Changed(change))

    def skipped(self, spans: list[Skipped], start: int = 0) -> None:
        """Parts of the text were left out."""
        self.left_out += stretches(spans)
        for span in spans:
            self._note(start + span.start, _LeftOut(span, start))

    @property
    def is_clean(self) -> bool:
        """Was the text JSON, as it stood?"""
        return not (self.repairs or self.left_out or self.coerced)

    @property
    def summary(self) -> str:
        """All of it in a line."""
        counts = counted(self.repairs, self.coerced, self.left_out)
        return f"mended: {counts}" if counts else "nothing to mend"

    def lines(self) -> list[str]:
        """A line for each thing that was done, in the order of the text."""
        text = self._text
        breaks = [-1]
        at = text.find("\n")
        while at >= 0:
            breaks.append(at)
            at = text.find("\n", at + 1)
        found = []
        for offset, told in sorted(self._entries, key=lambda entry: entry[0]):
            if isinstance(told, _LeftOut):
                blank = told.blank(text)
                if blank < 0:
                    continue
                offset += blank
            line = bisect_right(breaks, offset - 1)
            where = f"{line}:{offset - breaks[line - 1]}: " if not isinstance(told, _Changed) else ""
            found.append(where + told(text))
        return found

    @property
    def _text(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def _note(self, offset: int, told: Callable[[str], str]) -> None:
        if self._keeps:
            self._entries.append((offset, told))


class _Repaired:
    def __init__(self, repair: Repair, start: int, json: Any) -> None:
        self.repair = repair
        self.start = start
        self.json = json

    def __call__(self, text: str) -> str:
        repair = self.repair
        stood = text[self.start + repair.start : self.start + repair.end]
        where = f"{repair.kind} in {printable(json_path(repair.path))}"
        if repair.kind is RepairKind.UNFINISHED:
            return f"{where}: the text ends, closed what was open"
        if not stood:
            return f"{where}: put in {_PUT_IN.get(repair.kind, 'what was missing')}"
        became = self._became(stood)
        return f"{where}: {short(stood)} " + (f"became {became}" if became else "left out")

    def _became(self, stood: str) -> str:
        """What is there now; "" if nothing is."""
        kind = self.repair.kind
        if kind is RepairKind.UNQUOTED_TEXT or kind is RepairKind.UNQUOTED_KEY:
            return show(stood, _SHOWN)
        if kind is RepairKind.CONTROL:
            return show(stood)[1:-1]
        if kind is RepairKind.ESCAPE:
            return "text" if stood[:2].lower() in ("\\x", "\\u") else short(stood[1:]) or "text"
        if kind is RepairKind.LITERAL or kind is RepairKind.NUMBER:
            return self._value()
        if kind is RepairKind.PARENTHESES:
            return "brackets" if isinstance(self._found(), list) else ""
        if kind is RepairKind.OTHER_SEPARATOR:
            return _SEPARATORS.get(stood, "")
        if kind is RepairKind.WRONG_CLOSER:
            return _CLOSERS.get(stood, "")
        return _BECAME.get(kind) or _PUT_IN.get(kind, "")

    def _value(self) -> str:
        found = self._found()
        is_scalar = found is None or isinstance(found, bool | int | float | Digits)
        return scalar_text(found) if is_scalar else "JSON"

    def _found(self) -> Any:
        """What is at the place of the repair."""
        found = self.json
        for key in self.repair.path:
            try:
                found = found[key]
            except (LookupError, TypeError):
                return self
        return found


class _LeftOut:
    def __init__(self, span: Skipped, start: int) -> None:
        self.span = span
        self.start = start

    def blank(self, text: str) -> int:
        """How many characters of white space it begins with; -1 if it is nothing else."""
        left_out = self._in(text)
        bare = left_out.lstrip()
        return len(left_out) - len(bare) if bare else -1

    def __call__(self, text: str) -> str:
        return f"{self.span.kind}: left out: {short(self._in(text).strip())}"

    def _in(self, text: str) -> str:
        return text[self.start + self.span.start : self.start + self.span.end]


class _Changed:
    def __init__(self, change: Coerced) -> None:
        self.change = change

    def __call__(self, text: str) -> str:
        change = self.change
        where = f"{change.kind} in {printable(json_path(change.path))}"
        written = f"{_shown(change.before)} became " if change.before == change.before else ""
        return f"{where}: {written}{_shown(change.after)}"


def _shown(value: object) -> str:
    return short(show(value, _SHOWN))


def is_prose(outcome: Outcome[Any] | None) -> bool:
    """Was all of the text taken for one string without quotes?"""
    if not isinstance(outcome, Complete) or not isinstance(outcome.value, str) or not outcome.repairs:
        return False
    return outcome.repairs[0].kind is RepairKind.UNQUOTED_TEXT


def short(text: str) -> str:
    """The text in one short line."""
    text = printable(text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
