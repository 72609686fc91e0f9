"""Edits of a JSON document by path, written as the document's text.

Vertex AI streams the arguments of a call as pairs of a path and a scalar. ``EditWriter`` turns them into the text of
the document, so that everything behind it (parsers, encoders of other protocols) sees a text that grows, as from
every other provider. It keeps the path to the place where the text stands and what the innermost containers hold.
An edit elsewhere closes what it leaves and opens what it enters.

Text that only grows cannot express an edit that goes back: to a member of an object that was left, to an element before
the last one, or to a scalar that has been written. From such an edit on, nothing more is written. The edits are applied
to the value of the text, and ``finish`` returns the whole text, which the provider's ``Restate`` puts in place of what
was streamed. Elements that were skipped become null. A number is a double on this wire; one without a fraction is
written as an integer.

What an edit can cost is bounded by its size: a path has at most 512 steps, and at most 10,000 elements may be skipped
in all. An edit beyond that, or a number that JSON does not have, makes the document one that can never be complete.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, Final

from partialjson._jsontext import json_text

__all__ = ["EditPath", "EditWriter", "parse_path"]

EditPath = tuple[str | int | None, ...]
"""Keys and indexes; None at the end stands for ``[]``, an array without an index."""

_STEP: Final = re.compile(
    r"""\.(?P<name>[^.\[\]]+)|\[(?P<index>\d{1,9})\]|\[(?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\]|(?P<end>\[\])""",
    re.DOTALL,
)
_EXACT: Final = 2**53
_MAX_GAPS: Final = 10_000  # elements of a document that no edit brought; more of them are taken for an error
_MAX_STEPS: Final = 512
_MAX_PATH: Final = 65_536  # characters


@lru_cache(maxsize=256)  # the pieces of a string repeat its path
def parse_path(text: str) -> EditPath | None:
    """A path such as ``$.items[0]['na me']``; None if it is none."""
    if not text.startswith("$") or len(text) > _MAX_PATH:
        return None
    steps: list[str | int | None] = []
    pos = 1
    while pos < len(text):
        match = _STEP.match(text, pos)
        if match is None or len(steps) >= _MAX_STEPS or (steps and steps[-1] is None):
            return None
        pos = match.end()
        if match["name"] is not None:
            steps.append(match["name"])
        elif match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["quoted"] is not None:
            steps.append(_unquote(match["quoted"]))
        else:
            steps.append(None)
    return tuple(steps)


def _unquote(quoted: str) -> str:
    """The name in quotes, with the escapes of RFC 9535, which are those of JSON and the quote's own."""
    inner = quoted[1:-1].replace("\\'", "'")
    if quoted[0] == "'":
        inner = re.sub(r'(\\.)|"', lambda match: match[1] or '\\"', inner, flags=re.DOTALL)
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return inner


@dataclass(slots=True)
class _Container:
    """An open container: the members an object has, or how many elements an array has."""

    is_object: bool
    keys: set[str] = field(default_factory=set)
    count: int = 0
    step: str | int = 0  # where in its parent it stands


class EditWriter:
    """Writes one document, whose root is an object."""

    def __init__(self) -> None:
        self._open: list[_Container] = []
        self._string: str | int | None = None  # the key of the open string in the innermost container
        self._written: list[str] = []
        self._apart = False  # no more text is written, only the value is kept up to date
        self._value: Any = None
        self._growing: EditPath | None = None  # the open string in the value
        self._more: list[str] = []  # what it has grown by
        self._gaps = 0
        self._lost = False

    @property
    def apart(self) -> bool:
        """Whether an edit went back, so that only ``finish`` has the document."""
        return self._apart

    @property
    def written(self) -> bool:
        """Whether any text was written."""
        return bool(self._written)

    @property
    def touched(self) -> bool:
        """Whether any edit came."""
        return self._apart or bool(self._written) or self._lost

    def value(self) -> object:
        """The document so far, as if it were complete."""
        if not self._apart:
            return json.loads("".join([*self._written, *self._closing()]) or "{}")
        self._join()
        return self._value

    @property
    def in_string(self) -> bool:
        """Whether a string was announced to continue."""
        return self._string is not None

    @property
    def lost(self) -> bool:
        """Whether an edit was not understood, so that the document can never be complete."""
        return self._lost

    def lose(self) -> None:
        """An edit could not be read."""
        self._lost = True

    def string(self, path: EditPath, text: str, more: bool) -> str:
        """A string at the path, or more of the one that is open there; ``more`` leaves it open."""
        path = self._resolve(path, True)
        if self._apart:
            self._assign(path, text, True, more)
            return ""
        out: list[str] = []
        if not self._at_string(path):
            if not self._enter(path, out):
                return self._give_up(path, text, True, more)
            out.append('"')
            self._string = path[-1]
        out.append(_escaped(text))
        if not more:
            out.append('"')
            self._string = None
        return self._write(out)

    def scalar(self, path: EditPath, value: object) -> str:
        """A number, boolean or null at the path."""
        if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
            value = int(value)
        try:
            text = json_text(value, ensure_ascii=True)
        except (TypeError, ValueError, RecursionError):
            text = "NaN"
        if text == "NaN":
            # No JSON, whatever it is.
            self._lost = True
            return ""
        path = self._resolve(path, False)
        if self._apart:
            self._assign(path, value, False, False)
            return ""
        out: list[str] = []
        if not self._enter(path, out):
            return self._give_up(path, value, False, False)
        out.append(text)
        return self._write(out)

    def mark(self, path: EditPath) -> str:
        """An edit without a value: the end of what is open there, or an empty container where there is nothing."""
        if self._apart:
            return ""
        out: list[str] = []
        is_array = bool(path) and path[-1] is None
        place = path[:-1] if is_array else path
        if self._at_string(place):
            out.append('"')
            self._string = None
        elif self._shared(place) == len(place) and len(self._open) > len(place):
            self._leave(len(place), out)
        elif not self._known(place) and self._enter(place, out):
            out.append("[]" if is_array else "{}")
        return self._write(out)

    def finish(self) -> str:
        """The rest of the text, which closes all that is open; the whole text if edits went back."""
        if self._lost:
            return ""
        if self._apart:
            self._join()
            return json_text(self._value)
        out: list[str] = []
        if not self._open and not self._written:
            out.append("{}")
        self._leave(0, out)
        return self._write(out)

    def _resolve(self, path: EditPath, is_string: bool) -> EditPath:
        """A path that ends in ``[]`` before a value means the next element, or the open string that is the last."""
        if not path or path[-1] is not None:
            return path
        place = path[:-1]
        if self._apart:
            array: Any = self._value
            for step in place:
                array = _get(array, step)
            count = len(array) if isinstance(array, list) else 0
            growing = self._growing == (*place, count - 1)
        else:
            is_open = self._shared(place) == len(place) < len(self._open)
            count = self._open[len(place)].count if is_open else 0
            growing = self._at_string((*place, count - 1))
        return (*place, count - 1 if is_string and growing else count)

    # Where the text stands.

    def _here(self) -> EditPath:
        """The path of the innermost open container."""
        return tuple(container.step for container in self._open[1:])

    def _at_string(self, path: EditPath) -> bool:
        if self._string is None or len(path) != len(self._open) or path[-1] != self._string:
            return False
        return path[:-1] == self._here()

    def _shared(self, path: EditPath) -> int:
        """How many steps of the path lead through open containers."""
        here = self._here()
        shared = 0
        while shared < min(len(here), len(path)) and here[shared] == path[shared]:
            shared += 1
        return shared

    def _known(self, path: EditPath) -> bool:
        """Whether there is something at the path, or was, as far as the open containers know."""
        shared = self._shared(path)
        if shared >= len(path):
            return bool(self._written)
        if shared >= len(self._open):
            return False
        return self._holds(self._open[shared], path[shared])

    @staticmethod
    def _holds(container: _Container, step: str | int | None) -> bool:
        if container.is_object:
            return step in container.keys
        return isinstance(step, int) and step < container.count

    def _enter(self, path: EditPath, out: list[str]) -> bool:
        """Goes to where the value at the path begins, if growing text can get there."""
        if not _is_place(path) or (self._written and not self._open):
            return False
        shared = self._shared(path)
        if shared == len(path):
            return False
        target = self._open[shared] if self._open else _Container(True)
        if self._holds(target, path[shared]) or target.is_object is not isinstance(path[shared], str):
            return False
        gaps = [
            step - (0 if depth else target.count) for depth, step in enumerate(path[shared:]) if isinstance(step, int)
        ]
        if not self._skip(sum(gaps)):
            return False
        if not self._open:
            out.append("{")
            self._open.append(target)
        self._leave(shared + 1, out)
        for depth in range(shared, len(path)):
            step = path[depth]
            self._begin_member(self._open[-1], step, out)
            if depth + 1 < len(path):
                assert step is not None
                is_object = isinstance(path[depth + 1], str)
                out.append("{" if is_object else "[")
                self._open.append(_Container(is_object, step=step))
        return True

    def _begin_member(self, container: _Container, step: str | int | None, out: list[str]) -> None:
        if isinstance(step, str):
            out.append(f'{"," if container.keys else ""}"{_escaped(step)}":')
            container.keys.add(step)
            return
        assert isinstance(step, int)
        out.extend(",null" if index else "null" for index in range(container.count, step))
        out.append("," if step else "")
        container.count = step + 1

    def _skip(self, count: int) -> bool:
        """Whether so many more elements may be skipped."""
        if self._gaps + count > _MAX_GAPS:
            self._lost = True
            return False
        self._gaps += count
        return True

    def _closing(self) -> list[str]:
        """What closes all that is open."""
        ends = ["}" if container.is_object else "]" for container in reversed(self._open)]
        return ['"', *ends] if self._string is not None else ends

    def _leave(self, depth: int, out: list[str]) -> None:
        """Closes what is open deeper than ``depth`` containers."""
        if self._string is not None:
            out.append('"')
            self._string = None
        while len(self._open) > depth:
            out.append("}" if self._open.pop().is_object else "]")

    def _write(self, out: list[str]) -> str:
        text = "".join(out)
        if text:
            self._written.append(text)
        return text

    # When an edit went back.

    def _give_up(self, path: EditPath, value: object, is_string: bool, more: bool) -> str:
        if self._lost or not _is_place(path):
            self._lost = True
            return ""
        string, here = self._string, self._here()
        self._value = self.value()
        self._leave(0, [])
        self._apart = True
        self._string = None
        self._growing = None if string is None else (*here, string)
        self._assign(path, value, is_string, more)
        return ""

    def _assign(self, path: EditPath, value: object, is_string: bool, more: bool) -> None:
        """Sets the value at the path; text for the string that is open there is appended."""
        if is_string and self._growing == path and path:
            self._more.append(str(value))
            if not more:
                self._join()
            return
        self._join()
        place: Any = self._value if _is_place(path) else None
        for depth, step in enumerate(path[:-1]):
            place = self._child(place, step, [] if isinstance(path[depth + 1], int) else {})
        if not path or not self._fits(place, path[-1]):
            self._lost = True
            return
        _set(place, path[-1], value)
        self._growing = path if is_string and more else None

    def _join(self) -> None:
        """The open string in the value gets what it has grown by, and ends."""
        path, more = self._growing, self._more
        self._growing, self._more = None, []
        if path and more:
            place: Any = self._value
            for step in path[:-1]:
                place = _get(place, step)
            _set(place, path[-1], str(_get(place, path[-1])) + "".join(more))

    def _fits(self, place: Any, step: str | int | None) -> bool:
        if isinstance(place, dict):
            return isinstance(step, str)
        return isinstance(place, list) and isinstance(step, int) and self._skip(max(step - len(place), 0))

    def _child(self, place: Any, step: str | int | None, empty: Any) -> Any:
        """The container at the step, made where there is none; None where the step does not fit."""
        child = _get(place, step)
        if not isinstance(child, type(empty)):
            if not self._fits(place, step):
                return None
            _set(place, step, empty)
            child = empty
        return child


def _is_place(path: EditPath) -> bool:
    """Whether a value can stand there, inside of the object that is the root."""
    return bool(path) and None not in path and isinstance(path[0], str)


def _get(place: Any, step: str | int | None) -> Any:
    if isinstance(place, dict):
        return place.get(step)
    return place[step] if isinstance(step, int) and isinstance(place, list) and step < len(place) else None


def _set(place: Any, step: str | int | None, value: object) -> None:
    """Sets the member at a step that fits."""
    if isinstance(place, list) and isinstance(step, int):
        place.extend([None] * (step + 1 - len(place)))
        place[step] = value
    elif isinstance(place, dict):
        place[step] = value


def _escaped(text: str) -> str:
    """The text inside quotes. Halves of surrogate pairs are escaped, so that they can meet again."""
    whole = text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)
    return (encode_basestring if whole else encode_basestring_ascii)(text)[1:-1]
