"""Documents as models write them: JSON with labelled damage that a reader can undo.

`Dialect(...)` is a set of habits, and `write(document, dialect)` is the document written with them. The document can be
told from the text without doubt, so lenient parsing must give exactly it. `dialects()` draws some habits, and
`plain_documents()` documents whose strings leave no doubt in any of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from hypothesis import strategies as st

from partialjson.testing import strategies

_WORD = "abcdefghijklmnopqrstuvwxyz_ABC"


@dataclass(frozen=True)
class Dialect:
    """Habits; each is a kind of damage.

    Attributes:
        quotes: the quotes around strings and keys.
        bare_keys: keys that are words have no quotes.
        python: True, False and None.
        trailing: a comma after the last value.
        no_commas: line ends instead of commas.
        comments: one after each comma.
        raw: control characters in strings are not escaped.
        equals: `=` between key and value.
        cut: the closing brackets at the end are missing.
        lines: each member on its own line.
    """

    quotes: str = '""'
    bare_keys: bool = False
    python: bool = False
    trailing: bool = False
    no_commas: bool = False
    comments: bool = False
    raw: bool = False
    equals: bool = False
    cut: bool = False
    lines: bool = False

    @property
    def is_json(self) -> bool:
        return self == Dialect(lines=self.lines)


def write(document: Any, dialect: Dialect) -> str:
    """The document in this dialect."""
    text = _write(document, dialect, "\n" if dialect.lines or dialect.no_commas else "")
    if dialect.cut:
        text = text.rstrip("]}\n ,")
    return text


def _write(value: Any, dialect: Dialect, line: str) -> str:
    if isinstance(value, str):
        return _quoted(value, dialect)
    if isinstance(value, dict):
        colon = "=" if dialect.equals else ": "
        members = [
            (key if dialect.bare_keys and key.isidentifier() and key.isascii() else _quoted(key, dialect))
            + colon
            + _write(child, dialect, line + " " * bool(line))
            for key, child in value.items()
        ]
        return _bracketed("{}", members, dialect, line)
    if isinstance(value, list):
        return _bracketed("[]", [_write(child, dialect, line + " " * bool(line)) for child in value], dialect, line)
    if dialect.python and (value is None or isinstance(value, bool)):
        return repr(value)
    return json.dumps(value)


def _bracketed(brackets: str, parts: list[str], dialect: Dialect, line: str) -> str:
    if not parts:
        return brackets
    comma = "" if dialect.no_commas else ", /* more */" if dialect.comments else ","
    inner = line + " " if line else ""
    last = "," if dialect.trailing else ""
    return brackets[0] + inner + (comma + inner).join(parts) + last + line + brackets[1]


def _quoted(text: str, dialect: Dialect) -> str:
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    if dialect.raw:
        for escape, character in (("\\n", "\n"), ("\\t", "\t")):
            written = written.replace(escape, character) if "\\\\" not in written else written
    if dialect.quotes != '""':
        written = written.replace('\\"', '"')
    return dialect.quotes[0] + written + dialect.quotes[1]


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    """One to three habits beside JSON."""
    names = [field.name for field in fields(Dialect) if field.name != "quotes"]
    chosen = draw(st.sets(st.sampled_from(names), max_size=3))
    quotes = draw(st.sampled_from(('""', '""', "''", "\u201c\u201d", "\u2018\u2019", "`\xb4")))
    return Dialect(quotes=quotes, **dict.fromkeys(chosen, True))


def plain_documents() -> st.SearchStrategy[Any]:
    """Objects and arrays whose strings hold anything but quotes, comments, and a bracket or comma at the end."""
    text = strategies.strings().filter(
        lambda text: not set(text) & set("\"'`\xab\xb4\xbb\u2018\u2019\u201b\u201c\u201d\u201e\u201f\\")
    )
    inside = text.filter(lambda text: text == text.rstrip("]}, \n\t+") and "/" not in text and "#" not in text)
    keys = st.one_of(
        st.text(_WORD, min_size=1, max_size=6), inside.filter(lambda key: key and not set(key) & set(":="))
    )
    atoms = st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(-1e9, 1e9), inside)
    inner = st.recursive(
        atoms,
        lambda deeper: st.one_of(st.lists(deeper, max_size=4), st.dictionaries(keys, deeper, max_size=4)),
        max_leaves=12,
    )
    return st.one_of(st.lists(inner, min_size=1, max_size=4), st.dictionaries(keys, inner, min_size=1, max_size=4))
