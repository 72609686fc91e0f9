"""The probes of the comparison: small programs that try one thing with a library and say what they saw.

A probe makes a contestant for its document, feeds it, looks at what is shown, and answers yes, no or not applicable.
Nothing is answered from documentation; documentation decides only which call is made. The end of a stream is announced
the way the library wants it announced, and where it has a switch that makes an answer better, the switch is on.

Libraries that want a model are given one that fits the probe's document. ``n.a.`` means that there is nothing to try,
as with validators in a parser that validates nothing, or events where no call gives any.
"""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from benchmarks.contestants.face import ABSENT, Absent, Contestant
from benchmarks.workloads import Forms

Library = type[Contestant]
YES = "yes"
NO = "no"
NOT_APPLICABLE = "n.a."


@dataclass(frozen=True)
class Answer:
    verdict: str
    seen: str
    """What the verdict rests on, in a few words."""


# Documents, with a model of each for the libraries that want one: as a class and as a typed dictionary.


@dataclass(frozen=True)
class Document:
    text: str
    model: type[BaseModel]
    fields: Any

    @property
    def forms(self) -> Forms:
        return Forms(self.model, self.fields)

    @property
    def final(self) -> Any:
        return json.loads(self.text)


class Numbers(BaseModel):
    n: float
    m: int
    end: bool


class NumbersDict(TypedDict, total=False):
    n: float
    m: int
    end: bool


NUMBERS = Document('{"n": 1.5e10, "m": 120, "end": true}', Numbers, NumbersDict)


class Line(BaseModel):
    sku: str
    qty: int
    tags: list[str]


class Nested(BaseModel):
    title: str
    ok: bool
    none: None
    total: float
    lines: list[Line]
    tail: str


class LineDict(TypedDict, total=False):
    sku: str
    qty: int
    tags: list[str]


class NestedDict(TypedDict, total=False):
    title: str
    ok: bool
    none: None
    total: float
    lines: list[LineDict]
    tail: str


NESTED = Document(
    r'{"title": "Caf\u00e9 \"A\\B\" \n 12", "ok": true, "none": null, "total": -12.25, "lines": [{"sku": "A-1",'
    r' "qty": 10, "tags": ["new", "old"]}, {"sku": "B\/2", "qty": 200, "tags": []}], "tail": "the end"}',
    Nested,
    NestedDict,
)


class Text(BaseModel):
    text: str


class TextDict(TypedDict, total=False):
    text: str


GROWING = Document('{"text": "a sentence that goes on for several chunks"}', Text, TextDict)
ESCAPES = Document(r'{"text": "a\nb\\\"c\u00e9 \ud83d\ude00 d"}', Text, TextDict)
UNICODE = Document('{"text": "é – 日本 😀"}', Text, TextDict)


class Done(BaseModel):
    x: list[int]


class Shared(BaseModel):
    done: Done
    text: str


class DoneDict(TypedDict, total=False):
    x: list[int]


class SharedDict(TypedDict, total=False):
    done: DoneDict
    text: str


SHARED = Document(
    '{"done": {"x": [1, 2]}, "text": "this goes on while the other stays what it is"}', Shared, SharedDict
)


class Inner(BaseModel):
    b: str
    c: int


class Named(BaseModel):
    name: str


class Tree(BaseModel):
    a: Inner
    items: list[Named]
    flags: list[bool]
    last: float


CLOSING = Document('{"a": {"b": "xy", "c": 1}, "items": [{"name": "z"}], "flags": [true], "last": 2.5}', Tree, None)


class Amount(BaseModel):
    amount: int


class AmountDict(TypedDict, total=False):
    amount: int


CUT = Document('{"amount": 1200}', Amount, AmountDict)


class Nullable(BaseModel):
    a: str
    b: str | None
    c: str


class NullableDict(TypedDict, total=False):
    a: str
    b: str | None
    c: str


NULLS = Document('{"a": "text", "b": null, "c": "more"}', Nullable, NullableDict)


class Wrong(BaseModel):
    done: list[int]
    bad: bool


class WrongDict(TypedDict, total=False):
    done: list[int]
    bad: bool


BROKEN = '{"done": [1, 2], "bad": tru!}'
BROKEN_AT = range(BROKEN.index("tru!"), len(BROKEN))
"""A library may point at the beginning of the bad word, at its bad character or behind it, from zero or from one."""


class Note(BaseModel):
    title: str
    ok: bool
    tags: list[str]
    text: str


class NoteDict(TypedDict, total=False):
    title: str
    ok: bool
    tags: list[str]
    text: str


MENDED = Document(
    '{"title": "a late train", "ok": true, "tags": ["new", "old"], "text": "she said \\"never\\" twice,\\nand left"}',
    Note,
    NoteDict,
)
_AROUND = "Here it is:\n```json\n"
UNMENDED: dict[str, tuple[str, str]] = {
    name: (MENDED.text.replace(right, wrong), wrong)
    for name, right, wrong in (
        ("single quotes", '"a late train"', "'a late train'"),
        ("an unquoted key", '"title"', "title"),
        ("Python's True", "true", "True"),
        ("a trailing comma", '"old"]', '"old",]'),
        ("a missing comma", '"new", ', '"new" '),
        ("a comment", 'true, "tags"', 'true, // yes\n "tags"'),
        ("inner quotes", '\\"never\\"', '"never"'),
        ("a raw line end", "twice,\\nand", "twice,\nand"),
        ("a missing quote", '"a late train"', '"a late train'),
    )
} | {"prose and a fence": (_AROUND + MENDED.text + "\n```\nThat is all.", "")}
"""``MENDED`` with one thing wrong each, and that thing; what stands around it is no repair."""


class Judged(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: Literal["open", "closed"]
    name: Annotated[str, Field(max_length=5)]
    tags: Annotated[list[str], Field(max_length=2)]


class JudgedDict(TypedDict, total=False):
    # Where pydantic looks for it; to a type checker, a TypedDict has nothing but fields.
    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    status: Literal["open", "closed"]
    name: Annotated[str, Field(max_length=5)]
    tags: Annotated[list[str], Field(max_length=2)]


JUDGED = Document('{"status": "open", "name": "Ada", "tags": []}', Judged, JudgedDict)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "status": {"enum": ["open", "closed"]},
        "name": {"type": "string", "maxLength": 5},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    },
    "additionalProperties": False,
}
"""As ``Judged``."""
UNFIT: dict[str, str] = {
    "a member of an enumeration": '{"status": "op|al", "name": "Ada", "tags": []}',
    "a key": '{"st|ock": 1, "name": "Ada", "tags": []}',
    "a string too long": '{"name": "Hadle|y B", "status": "open", "tags": []}',
    "an array too long": '{"tags": ["a", "b"|, "c"], "name": "Ada", "status": "open"}',
}
"""What cannot fit it, with a stroke before the first character that shows it."""


class Anything(BaseModel):
    a: Any


class AnythingDict(TypedDict, total=False):
    a: Any


class Row(BaseModel):
    id: int
    name: str
    tags: list[str]


class Rows(BaseModel):
    rows: list[Row]


class RowDict(TypedDict, total=False):
    id: int
    name: str
    tags: list[str]


class RowsDict(TypedDict, total=False):
    rows: list[RowDict]


CALLS: list[tuple[str, Any]] = []
"""What the counting validators were called with."""


def counted(name: str) -> AfterValidator:
    def call(value: Any) -> Any:
        CALLS.append((name, value))
        return value

    return AfterValidator(call)


class CountedItem(BaseModel):
    sku: Annotated[str, counted("sku")]


class Counted(BaseModel):
    item: CountedItem
    name: Annotated[str, counted("name")]
    qty: Annotated[int, counted("qty")]


class CountedItemDict(TypedDict, total=False):
    sku: Annotated[str, counted("sku")]


class CountedDict(TypedDict, total=False):
    item: CountedItemDict
    name: Annotated[str, counted("name")]
    qty: Annotated[int, counted("qty")]


COUNTED = Document('{"item": {"sku": "A-1001"}, "name": "Ada Lovelace", "qty": 1200}', Counted, CountedDict)


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Catfish(BaseModel):
    kind: Literal["catfish"]
    fins: int


class Choice(BaseModel):
    status: Literal["open", "opened"]
    day: date
    pet: Annotated[Cat | Catfish, Field(discriminator="kind")]
    end: str


class CatDict(TypedDict):
    kind: Literal["cat"]


class CatfishDict(TypedDict):
    kind: Literal["catfish"]
    fins: int


class ChoiceDict(TypedDict, total=False):
    status: Literal["open", "opened"]
    day: date
    pet: Annotated[CatDict | CatfishDict, Field(discriminator="kind")]
    end: str


CHOICE = Document(
    '{"status": "opened", "day": "2024-11-23", "pet": {"kind": "catfish", "fins": 2}, "end": "here"}',
    Choice,
    ChoiceDict,
)


class Defaults(BaseModel):
    name: str
    style: str = "plain"
    size: int = 1


DEFAULTS = Document('{"name": "Ada", "style": "bold", "size": 30}', Defaults, None)


# Reading.


class Reader:
    """One document being read by one library, a chunk at a time.

    ``hold``: values will be kept, so where the library has a call that is meant for that, it is taken. ``broken``: so
    it is where the document may be broken.
    """

    def __init__(self, library: Library, document: Document, hold: bool = False, broken: bool = False) -> None:
        self.peer = library(document.forms)
        self.state = self.peer.start_mending() if broken else self.peer.start()
        self.peer.begin_check(self.state)
        self._hold = hold and library.copies
        self._kept: list[Any] = []

    def feed(self, text: str) -> None:
        """Take a chunk. Raises what the library raises."""
        self.feed_bytes(self.peer.convert(text))

    def feed_bytes(self, data: Any) -> None:
        if self._hold:
            self.peer.hold(self.state, (data,), self._kept)
        else:
            self.peer.feed(self.state, (data,))

    def value(self) -> Any:
        """The partial value as the library hands it out; ABSENT where there is none."""
        return self._kept.pop() if self._hold else self.peer.shown(self.state)

    def finish(self, complete: bool = True) -> Any:
        """Announce the end; the final value, or what the library raises. ``complete``: did the provider say so?"""
        return self.peer.finish(self.state) if complete else self.peer.cut(self.state)

    def transfer(self) -> None:
        """Save the state, and go on with what was restored."""
        self.state = self.peer.transfer(self.state)


# Looking at values.


def plain(value: Any) -> Any:
    """Models and partial models as plain data, all the way down."""
    if isinstance(value, BaseModel):
        return {key: plain(item) for key, item in value.__dict__.items()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    dump = getattr(value, "model_dump", None)
    return plain(dump()) if callable(dump) else value


def chunked(text: str, size: int = 4) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


class Fell(Exception):
    """A library raised in the middle of a valid document."""


def brief(value: object, limit: int = 90) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    text = re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half.group()):04x}", text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def error_text(error: BaseException) -> str:
    return f"`{type(error).__name__}: {brief(str(error), 70)}`"


def walk(reader: Reader, text: str, size: int) -> Iterator[Any]:
    """Feed the text; after each chunk, what is shown, copied."""
    fed = ""
    for chunk in chunked(text, size):
        fed += chunk
        try:
            reader.feed(chunk)
            value = reader.value()
        except Exception as error:
            raise Fell(f"raises after `{brief(fed[-24:])}`: {error_text(error)}") from error
        yield copy.deepcopy(plain(value))


def differs(old: Any, new: Any, path: str = "$") -> str:
    """What of ``old`` is no beginning of ``new``; empty where all of it is."""
    if isinstance(old, Absent):
        return ""
    if isinstance(old, dict) and isinstance(new, dict):
        for key, value in old.items():
            if key not in new:
                return f"`{path}.{brief(key)}` = `{brief(value, 30)}` is gone"
            if found := differs(value, new[key], f"{path}.{key}"):
                return found
        return ""
    if isinstance(old, list) and isinstance(new, list):
        if len(old) > len(new):
            return f"`{path}` was longer"
        for i, value in enumerate(old):
            if found := differs(value, new[i], f"{path}[{i}]"):
                return found
        return ""
    if isinstance(old, str) and isinstance(new, str):
        same = new.startswith(old)
    else:
        # Some read every number as a float; that is not what is asked here.
        same = old == new and isinstance(old, bool) == isinstance(new, bool)
    return "" if same else f"`{path}`: `{brief(old, 30)}`, then `{brief(new, 30)}`"


def at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def steps(values: list[Any]) -> str:
    return "1 step" if len(values) == 1 else f"{len(values)} steps"


def listed(values: list[Any], limit: int = 5) -> str:
    shown = ", ".join(f"`{brief(value, 30)}`" for value in values[:limit])
    return shown + (", …" if len(values) > limit else "")


def distinct(values: Iterator[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if not found or repr(found[-1]) != repr(value):
            found.append(value)
    return [value for value in found if not isinstance(value, Absent)]


# Probes.


@dataclass(frozen=True)
class Probe:
    name: str
    title: str
    how: str
    run: Callable[[Library], Answer]
    typed: bool = False
    """Is it about models, and so for libraries that take one?"""
    alone: bool = False
    """May it crash?"""


def partial_value(library: Library) -> Answer:
    shown = list(walk(Reader(library, NESTED), NESTED.text, 4))
    readable = sum(not isinstance(value, Absent) for value in shown)
    seen = f"a value after {readable} of {len(shown)} chunks, {len(distinct(iter(shown)))} different ones"
    return Answer(YES if readable == len(shown) else NO, seen)


def growing_text(library: Library) -> Answer:
    shown = distinct(at(value, "text") for value in walk(Reader(library, GROWING), GROWING.text, 4))
    shown = [value for value in shown if value]
    if len(shown) >= 10:
        return Answer(YES, f"{len(shown)} steps: {listed(shown, 2)}")
    return Answer(NO, f"seen in {steps(shown)}: {listed(shown, 2)}")


def numbers_whole(library: Library) -> Answer:
    shown = list(walk(Reader(library, NUMBERS), NUMBERS.text, 1))
    expected = NUMBERS.final
    found = {name: [v for v in distinct(at(value, name) for value in shown) if v is not None] for name in ("n", "m")}
    wrong = any(value != expected[name] for name in found for value in found[name])
    return Answer(NO if wrong else YES, f"`1.5e10` is shown as {listed(found['n'])}; `120` as {listed(found['m'])}")


def nothing_taken_back(library: Library) -> Answer:
    problems: list[str] = []
    for size in (1, 4):
        reader = Reader(library, NESTED)
        old: Any = ABSENT
        for new in walk(reader, NESTED.text, size):
            # What is shown next has to go on from it, and so has the end.
            if found := differs(old, new) or differs(new, NESTED.final):
                problems.append(found)
            old = new
        if found := differs(old, plain(reader.finish())):
            problems.append(found)
    if problems:
        return Answer(NO, f"{len(problems)} times, first {problems[0]}")
    return Answer(YES, "every value is a beginning of the next and of the final one, in chunks of 1 and 4")


def escapes_whole(library: Library) -> Answer:
    final = ESCAPES.final["text"]
    reader = Reader(library, ESCAPES)
    shown = [v for v in distinct(at(value, "text") for value in walk(reader, ESCAPES.text, 1)) if v]
    wrong = [value for value in shown if not final.startswith(value)]
    if wrong:
        return Answer(NO, f"shows `{brief(wrong[0])}` of `{brief(final)}`")
    end = at(plain(reader.finish()), "text")
    if end != final:
        return Answer(NO, f"ends as `{brief(end)}` instead of `{brief(final)}`")
    return Answer(YES, f"{steps(shown)}, each a beginning of `{brief(final)}`")


def held_still(library: Library) -> Answer:
    reader = Reader(library, NESTED, hold=True)
    kept: list[tuple[Any, str]] = []
    for chunk in chunked(NESTED.text):
        try:
            reader.feed(chunk)
        except Exception as error:
            return Answer(NO, f"raises in a valid document: {error_text(error)}")
        value = reader.value()
        kept.append((value, repr(plain(value))))
    changed = sum(repr(plain(value)) != before for value, before in kept)
    if changed:
        return Answer(NO, f"{changed} of {len(kept)} values had changed at the end")
    return Answer(YES, f"{len(kept)} values kept, none changed")


def structure_shared(library: Library) -> Answer:
    reader = Reader(library, SHARED, hold=True)
    kept = []
    for chunk in chunked(SHARED.text):
        reader.feed(chunk)
        kept.append(reader.value())
    old, new = kept[-5], kept[-3]
    if isinstance(old, Absent):
        return Answer(NO, "no value to look at")

    def child(value: Any) -> Any:
        if isinstance(value, dict):
            return value.get("done")
        return getattr(value, "done", None)

    if old is new:
        return Answer(NO, "the value is one object that goes on changing")
    same = child(old) is child(new) and child(old) is not None
    return Answer(YES if same else NO, f"the finished part of two values is {'one object' if same else 'made anew'}")


def completed_paths(library: Library) -> Answer:
    found = library(CLOSING.forms).completions(chunked(CLOSING.text))
    if found is None:
        return Answer(NOT_APPLICABLE, "no call gives events")
    found = [(path, plain(value)) for path, value in found]
    expected = [
        (("a", "b"), "xy"),
        (("a", "c"), 1),
        (("a",), {"b": "xy", "c": 1}),
        (("items", 0, "name"), "z"),
        (("items", 0), {"name": "z"}),
        (("items",), [{"name": "z"}]),
        (("flags", 0), True),
        (("flags",), [True]),
        (("last",), 2.5),
        ((), CLOSING.final),
    ]
    missing = [path for path, value in expected if (path, value) not in found]
    twice = [path for path, _ in expected if [other for other, _ in found].count(path) > 1]
    if missing or twice:
        words = [f"with path and value, {len(expected) - len(missing)} of {len(expected)}"]
        words += [f"missing are {listed(missing, 4)}"] if missing else []
        words += [f"twice come {listed(twice, 4)}"] if twice else []
        return Answer(NO, "; ".join(words))
    order = found == expected
    return Answer(YES if order else NO, f"{len(expected)} of {len(expected)}{'' if order else ', out of order'}")


def cut_is_told(library: Library) -> Answer:
    reader = Reader(library, CUT)
    shown = list(walk(reader, '{"amount": 12', 4))[-1]
    try:
        end = reader.finish(complete=False)
    except Exception as error:
        return Answer(YES, f"at the end {error_text(error)}")
    whole = isinstance(end, BaseModel)
    what = f"an instance of the model, {brief(plain(end))}" if whole else f"`{brief(end)}`"
    return Answer(NO, f'of `{{"amount": 12` cut from `1200`: {what}, no error; before the end `{brief(shown)}`')


def validated_once(library: Library) -> Answer:
    CALLS.clear()
    reader = Reader(library, COUNTED)
    for _ in walk(reader, COUNTED.text, 4):
        pass
    reader.finish()
    expected = {"sku": "A-1001", "name": "Ada Lovelace", "qty": 1200}
    prefixes = [value for name, value in CALLS if value != expected[name]]
    counts = {name: sum(called == name for called, _ in CALLS) for name in expected}
    seen = f"calls for three values: {sum(counts.values())}, at most {max(counts.values())} for one"
    seen += f"; of prefixes {len(prefixes)}: {listed(prefixes, 3)}" if prefixes else "; none of a prefix"
    return Answer(YES if set(counts.values()) == {1} and not prefixes else NO, seen)


def choices_right(library: Library) -> Answer:
    problems: list[str] = []
    try:
        for value in walk(Reader(library, CHOICE), CHOICE.text, 1):
            for path, right in (
                (("status",), ("opened",)),
                (("day",), ("2024-11-23", date(2024, 11, 23))),
                (("pet", "kind"), ("catfish",)),
            ):
                shown = at(value, *path)
                if not isinstance(shown, Absent) and shown is not None and shown not in right:
                    problems.append(f"`{'.'.join(path)}` = `{brief(shown)}`")
    except Fell as error:
        problems.append(str(error))
    problems = list(dict.fromkeys(problems))
    if problems:
        return Answer(NO, "; ".join(problems[:3]))
    return Answer(YES, "`opened`, `2024-11-23` and `catfish` are shown whole or not at all")


def null_is_null(library: Library) -> Answer:
    final = NULLS.final
    reader = Reader(library, NULLS)
    fed = 0
    closed = NULLS.text.index("null") + 4
    for value in walk(reader, NULLS.text, 1):
        fed += 1
        if isinstance(value, Absent):
            continue
        for key in ("a", "c"):
            if at(value, key) is None:
                return Answer(NO, f"`{key}` is shown as `None` and becomes `{final[key]}`")
        if not isinstance(at(value, "b"), Absent) and fed < closed:
            return Answer(NO, f"`b` is shown as `{at(value, 'b')!r}` before its `null` is there")
    end = at(plain(reader.finish()), "b")
    return Answer(YES if end is None else NO, "`None` is shown when the `null` is there, and for nothing else")


def defaults_wait(library: Library) -> Answer:
    if not library.defaults:
        return Answer(NOT_APPLICABLE, "a typed dictionary has no defaults")
    problems = []
    for value in walk(Reader(library, DEFAULTS), DEFAULTS.text, 1):
        problems += [
            f"`{key}` = `{at(value, key)!r}`"
            for key, wrong in (("style", "plain"), ("size", 1))
            if at(value, key) == wrong
        ]
    if problems:
        return Answer(NO, f"shown before the real value: {', '.join(dict.fromkeys(problems))}")
    return Answer(YES, "no default is shown in the place of a value to come")


TEXT_LENGTH = 2000


def deltas_exact(library: Library) -> Answer:
    text = ('line \\ "x" é 😀\n' * TEXT_LENGTH)[:TEXT_LENGTH]
    found = library(GROWING.forms).text_deltas(chunked(json.dumps({"text": text})))
    if found is None:
        return Answer(NOT_APPLICABLE, "no call gives deltas with paths")
    joined, sent = found
    seen = f"{sent} characters sent for a text of {len(text)}"
    if joined != text:
        return Answer(NO, f"{seen}; put together they are not that text")
    return Answer(YES if sent == len(text) else NO, seen)


def error_tells(library: Library) -> Answer:
    if library.repairs:
        return Answer(NOT_APPLICABLE, "it repairs instead")
    reader = Reader(library, Document(BROKEN, Wrong, WrongDict))
    try:
        reader.feed(BROKEN)
        reader.finish()
    except Exception as error:
        raised = error
    else:
        return Answer(NO, f"no error: `{brief(plain(reader.value()))}`")
    try:
        before = plain(reader.value())
    except Exception:
        before = ABSENT
    numbers = [int(digits) for digits in re.findall(r"\d+", str(raised))]
    numbers += [value for value in vars(raised).values() if type(value) is int]
    where = any(number in BROKEN_AT for number in numbers)
    kept = at(before, "done") == [1, 2]
    seen = f"{error_text(raised)}; of what came before: `{brief(before)}`"
    return Answer(YES if where and kept else NO, seen)


def mended(library: Library) -> Answer:
    wrong: list[str] = []
    back: list[str] = []
    whole: list[str] = []
    for name, (text, _) in UNMENDED.items():
        reader = Reader(library, MENDED, broken=True)
        old: Any = ABSENT
        seen: list[Any] = []
        try:
            for new in walk(reader, text, 2):
                # Some show an empty text, or None, before the document begins.
                new = ABSENT if new in ("", None) else new
                back += [name] if differs(old, new) else []
                seen.append(at(new, "text"))
                old = new
            end = plain(reader.finish())
        except Exception:
            wrong.append(name)
            continue
        if end != MENDED.final:
            wrong.append(name)
        back += [name] if differs(old, end) else []
        whole += [name] if len([v for v in distinct(iter(seen)) if v]) < 2 else []
    words = [f"{len(UNMENDED) - len(wrong)} of {len(UNMENDED)} right"]
    for names, what in ((wrong, "not"), (back, "taken back in"), (whole, "no string seen growing in")):
        names = list(dict.fromkeys(names))
        words += [f"{what} {', '.join(names) if len(names) < len(UNMENDED) else 'any of them'}"] if names else []
    return Answer(NO if wrong or back or whole else YES, "; ".join(words))


def repairs_told(library: Library) -> Answer:
    told: list[str] = []
    placed: list[str] = []
    for name, (text, part) in UNMENDED.items():
        if not part:
            continue
        try:
            found = library(MENDED.forms).told(text)
        except Exception:
            found = []
        if found is None:
            return Answer(NOT_APPLICABLE, "no call tells of repairs")
        start = text.index(part)
        told += [name] if found else []
        # On it, at the quote before it, or behind it.
        if any(where is not None and start - 2 <= where <= start + len(part) + 1 for _, where in found):
            placed.append(name)
    asked = sum(bool(part) for _, part in UNMENDED.values())
    seen = f"tells of {len(told)} of {asked}, with the place of {len(placed)}"
    return Answer(YES if len(placed) == asked else NO, seen)


def misfit_told(library: Library) -> Answer:
    if not library.typed and not library.takes_schema:
        return Answer(NOT_APPLICABLE, "no call takes a schema and reads a stream")
    early = library(JUDGED.forms).refused_at(JUDGED.text, SCHEMA)
    if early is not None:
        return Answer(NO, f"refuses `{brief(JUDGED.text[: early + 1])}`, the beginning of a document that fits")
    words: list[str] = []
    right = 0
    for name, marked in UNFIT.items():
        wanted = marked.index("|")
        found = library(JUDGED.forms).refused_at(marked.replace("|", ""), SCHEMA)
        if found == wanted:
            right += 1
        else:
            words.append(f"{name} {'not before the end' if found is None else f'{found - wanted} characters later'}")
    seen = f"{right} of {len(UNFIT)} at the first wrong character"
    return Answer(YES if right == len(UNFIT) else NO, "; ".join([seen, *words]))


SIZES = (16_000, 128_000)
FLAT = 3.0
"""Cost that grows with the document grows eightfold between the two sizes."""
WARM_UP = 5
SECONDS = 0.2
ROUNDS = 5


def rows_text(size: int) -> str:
    rows: list[str] = []
    length = 0
    while length < size:
        rows.append(json.dumps({"id": len(rows), "name": f"item {len(rows)}", "tags": ["new", "a tag"]}))
        length += len(rows[-1]) + 2
    return '{"rows": [' + ", ".join(rows)


def price(reader: Reader, begun: str, more: str) -> float:
    """Seconds for one chunk and reading the value after it, behind the beginning; the mean of many."""
    reader.feed(begun)
    chunks = chunked(more)
    # What happens once after a long chunk is none of the later ones' business.
    for chunk in chunks[:WARM_UP]:
        reader.feed(chunk)
        reader.value()
    count = 0
    start = now = time.perf_counter()
    for chunk in chunks[WARM_UP:]:
        reader.feed(chunk)
        reader.value()
        count += 1
        now = time.perf_counter()
        if now - start > SECONDS:
            break
    return (now - start) / count


def cost_flat(library: Library) -> Answer:
    ratios: dict[str, float] = {}
    row = ', {"id": 1234, "name": "item 1234", "tags": ["new", "a tag"]}'
    words = "and on it goes, word after word, to the very end; "
    for name, document, build, more in (
        ("a list of objects", Document("", Rows, RowsDict), rows_text, row * 40),
        ("one string", Document("", Text, TextDict), lambda size: '{"text": "' + "word " * (size // 5), words * 50),
    ):
        # The best of several, because another program may have had the processor.
        small, large = (
            min(price(Reader(library, document), build(size), more) for _ in range(ROUNDS)) for size in SIZES
        )
        ratios[name] = large / small
    seen = ", ".join(f"{name} ×{ratio:.1f}" for name, ratio in ratios.items())
    return Answer(YES if max(ratios.values()) < FLAT else NO, f"measured, document 8 times as long: {seen}")


def deep_is_clean(library: Library) -> Answer:
    text = '{"a": ' + "[" * 100_000
    reader = Reader(library, Document(text, Anything, AnythingDict))
    try:
        for chunk in chunked(text, 10_000):
            reader.feed(chunk)
            reader.value()
        reader.finish(complete=False)
    except (RecursionError, MemoryError) as error:
        return Answer(NO, error_text(error))
    except Exception as error:
        return Answer(YES, error_text(error))
    return Answer(YES, "read, no error")


def bytes_anywhere(library: Library) -> Answer:
    if not library.takes_bytes:
        return Answer(NOT_APPLICABLE, "takes text only")
    reader = Reader(library, UNICODE)
    data = UNICODE.text.encode()
    final = UNICODE.final["text"]
    for i in range(len(data)):
        try:
            reader.feed_bytes(data[i : i + 1])
        except Exception as error:
            return Answer(NO, f"raises in a valid document: {error_text(error)}")
        shown = at(plain(reader.value()), "text")
        if isinstance(shown, str) and not final.startswith(shown):
            return Answer(NO, f"shows `{brief(shown)}` of `{final}`")
    end = at(plain(reader.finish()), "text")
    return Answer(YES if end == final else NO, f"byte by byte, ends as `{brief(end)}`")


def state_saved(library: Library) -> Answer:
    if library.stateless:
        return Answer(NOT_APPLICABLE, "keeps no state; the caller keeps the text")
    half = NESTED.text.index("e9")
    reader = Reader(library, NESTED)
    reader.feed(NESTED.text[:half])
    try:
        reader.transfer()
    except Exception as error:
        return Answer(NO, f"pickling it: {error_text(error)}")
    reader.feed(NESTED.text[half:])
    right = plain(reader.finish()) == NESTED.final
    way = "a checkpoint, as JSON" if library.distribution == "partialjson-live" else "with `pickle`"
    return Answer(YES if right else NO, f"{way}, inside an escape; the end is {'right' if right else 'wrong'}")


PROBES: tuple[Probe, ...] = (
    Probe("partial", "A value after every chunk", "A nested document in chunks of 4 characters.", partial_value),
    Probe(
        "growing", "A string is seen growing", "One string in chunks of 4 characters; at least ten steps.", growing_text
    ),
    Probe(
        "numbers",
        "A number is shown whole, or not yet",
        f"`{NUMBERS.text}` character by character; what is shown of the two numbers.",
        numbers_whole,
    ),
    Probe(
        "growth",
        "Nothing shown is taken back",
        "A nested document with escapes, numbers and literals, in chunks of 1 and 4. Each value has to be a"
        " beginning of the next one and of what `json.loads` gives: longer strings and lists and more keys are the only"
        " changes.",
        nothing_taken_back,
    ),
    Probe(
        "escapes",
        "Escapes and surrogate pairs are never shown half",
        f"`{ESCAPES.text}` character by character; each text shown has to be a beginning of the final one.",
        escapes_whole,
    ),
    Probe(
        "held", "A value that was handed out never changes", "All values are kept, and compared at the end.", held_still
    ),
    Probe(
        "shared",
        "What did not change is the same object",
        "Two kept values between which only a string grew: the root must be another object, the finished part"
        " the same.",
        structure_shared,
    ),
    Probe(
        "completions",
        "Each value is reported once, with its path, when it closes",
        f"The events for `{CLOSING.text}`: ten values, children first, with keys and indexes as path.",
        completed_paths,
    ),
    Probe(
        "cut",
        "Cut off is told from complete",
        '`{"amount": 12`, cut from `1200`, and then the end of the stream. An error or a status will do; a value'
        " as if all had come will not.",
        cut_is_told,
    ),
    Probe(
        "once",
        "Validators run once for each value, never on a prefix",
        "Three fields with counting validators, chunks of 4, a value read after each, and the end.",
        validated_once,
        typed=True,
    ),
    Probe(
        "choices",
        "Enums, dates and discriminated unions are never shown wrong",
        'Character by character: `"opened"` where `"open"` is allowed too, a date, and a union in which `"catfish"`'
        " begins with another tag.",
        choices_right,
        typed=True,
    ),
    Probe(
        "null",
        "Null and absent are told apart",
        f"`{NULLS.text}` character by character: `None` only where the null is, and only when it is there.",
        null_is_null,
    ),
    Probe(
        "defaults",
        "Defaults do not show before the object closes",
        "Two fields that have a default and a value in the document, character by character.",
        defaults_wait,
        typed=True,
    ),
    Probe(
        "deltas",
        "Exact text deltas with a path",
        f"A text of {TEXT_LENGTH} characters in chunks of 4: what is sent for it, put together, is the text, and"
        " no longer.",
        deltas_exact,
    ),
    Probe(
        "errors",
        "An error says where, and what came before is still there",
        f"`{BROKEN}` in one chunk. The error has an offset or a column; `done` can still be read.",
        error_tells,
    ),
    Probe(
        "mends",
        "Broken JSON is mended while it streams, and nothing taken back",
        f"`{MENDED.text}` with one thing wrong: {', '.join(UNMENDED)}. In chunks of 2: the end has to be what was"
        " meant, each value a beginning of the next one, and the string `text` seen growing. To refuse it is a no, and"
        " a parser's good right.",
        mended,
    ),
    Probe(
        "repairs",
        "It says what it mended, and where",
        "The same texts without that in prose: a report of repairs has to have a place at what is wrong, in each.",
        repairs_told,
    ),
    Probe(
        "misfit",
        "It says at the first wrong character that a schema cannot be satisfied",
        "Character by character, with a JSON Schema, or a model that says the same: "
        + ", ".join(f"`{brief(text)}`" for text in UNFIT.values()).replace("\\|", "‸")
        + " (‸ stands before the character). An event or an error there, and none for a document that fits.",
        misfit_told,
    ),
    Probe(
        "cost",
        "A chunk costs the same in a longer document",
        f"Chunks of 4 characters, the value read and dropped, after {SIZES[0]:,} and after {SIZES[1]:,} characters: the"
        f" ratio of the two times, for a list of objects and for one string. A measured ratio below {FLAT:g} is a yes.",
        cost_flat,
    ),
    Probe(
        "deep",
        "100,000 brackets do no harm",
        "A hundred thousand `[`, in a process of its own. A documented error or a value is a yes; a crash or a"
        " `RecursionError` is not.",
        deep_is_clean,
        alone=True,
    ),
    Probe(
        "bytes",
        "Bytes may be cut inside a character",
        f"`{UNICODE.text}` in UTF-8, byte by byte.",
        bytes_anywhere,
    ),
    Probe(
        "state",
        "The state can be saved and restored",
        "In the middle of an escape; the restored reader gets the rest. By the library's own means, or `pickle`.",
        state_saved,
    ),
)


def ask(library: Library, probe: Probe) -> Answer:
    if probe.typed and not library.typed:
        return Answer(NOT_APPLICABLE, "takes no model")
    try:
        return probe.run(library)
    except Fell as error:
        return Answer(NO, str(error))
    except Exception as error:
        return Answer(NO, f"fails with {error_text(error)}")
