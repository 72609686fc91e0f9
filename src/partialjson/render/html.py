"""A partial document as static HTML: a fragment that is safe to put into any page, mail or notebook.

    page = to_html(parser)

It is the markup that the element ``<partial-json>`` makes (``browser/element.js``), with the same style sheet, so a
page can begin with what a server wrote and go on with the element. There is no script in it, and everything that comes
from a document or a target is escaped. Without its style sheet it reads well too: signs and words say what colours say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Final

from partialjson._jsontext import json_text
from partialjson._missing import MISSING
from partialjson.render.form import Placeholder
from partialjson.render.labels import STATUSES, readable
from partialjson.render.places import LONG, Document, Place
from partialjson.render.sources import Drawable, document_of, placeholder_for
from partialjson.render.text import UNICODE, plural

__all__ = ["fragment", "style", "to_html"]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LISTS: Final = ("cards", "table")
_TAGS: Final = {"fields": "dl", "items": "ul", "cards": "ol"}


def to_html(source: Drawable, form: Mapping[str, Any] | None = None, *, styled: bool = True) -> str:
    """The document as an HTML fragment: one ``div``, after a ``style`` element.

    Args:
        source: a ``Parser``, a document of a ``MessageParser``, or the state of a document (``partialjson.broadcast``).
        form: what is expected (``partialjson.render.form``); by default, what the parser's target says.
        styled: put the style sheet before the fragment. It is needed once a page.

    Raises:
        TypeError: the source is none of these.
    """
    written = fragment(document_of(source), placeholder_for(source, form))
    return f"<style>{style()}</style>\n{written}" if styled else written


def fragment(document: Document, placeholder: Placeholder) -> str:
    """The same without a style sheet, for what is at hand already."""
    out: list[str] = []
    _Writer(out).root(Place.root(document, placeholder))
    return "".join(out)


@cache
def style() -> str:
    """The style sheet of the fragments, which is that of the element."""
    source = (files("partialjson") / "browser" / "style.js").read_text(encoding="utf-8")
    return source.split("= `", 1)[1].partition("`")[0]


class _Writer:
    """Writes places. The names of the methods are those of what a place is in the markup."""

    def __init__(self, out: list[str]) -> None:
        self._out = out

    def root(self, place: Place) -> None:
        title = place.offered.title or place.offered.label or "Document"
        status = place.status
        word = "waiting" if status == "missing" else STATUSES[status]
        self._out.append(
            f'<div class="partial-json" part="root" role="group" aria-label="{_text(title)}"{_where(place)}>'
            f'<header part="header"><span class="title">{_text(title)}</span> '
            f'<span class="state">{word}</span></header>'
        )
        self._body(place)
        self._out.append("</div>")

    def _body(self, place: Place) -> None:
        """What is in a place, and its note."""
        layout = place.layout
        if layout == "table":
            self._table(place)
        elif layout in _TAGS:
            tag = _TAGS[layout]
            role = "" if layout == "fields" else ' role="list"'
            inside = list(place.inside())
            long = " long" if layout == "fields" and len(inside) > LONG else ""
            self._out.append(f'<{tag} class="{layout}{long}"{role}>')
            for each in inside:
                if layout == "fields":
                    self._field(place, each)
                elif layout == "items":
                    self._out.append(f'<li class="item"{_where(each)}>')
                    self._body(each)
                    self._out.append("</li>")
                else:
                    self._card(place, each)
            self._out.append(f"</{tag}>")
        else:
            self._out.append(f'<span class="value {_kind(place)}">{_text(_said(place))}</span>')
        self._note(place)

    def _field(self, place: Place, field: Place) -> None:
        key = str(field.path[-1])
        described = key in place.form.fields
        name = (field.offered.title or readable(key)) if described else key
        layout = field.layout
        kind = "field deep object" if layout == "fields" else "field deep" if layout in _LISTS else "field"
        self._out.append(f'<div class="{kind}"{_where(field)}><dt>')
        self._sign(field, name, field.offered.description)
        self._out.append("</dt><dd>")
        self._body(field)
        self._out.append("</dd></div>")

    def _card(self, place: Place, card: Place) -> None:
        items = place.form.items
        index = int(card.path[-1]) + 1
        label = items.label if items.kind == "object" and items.label != items.kind else ""
        self._out.append(f'<li class="card"{_where(card)}><div class="head">')
        self._sign(card, f"{label} {index}".strip())
        self._out.append("</div>")
        self._body(card)
        self._out.append("</li>")

    def _table(self, place: Place) -> None:
        expected = place.form.items.fields
        labels = {key: each.title or readable(key) for key, each in expected.items()}
        columns = [*labels, *[key for key in place.columns(place.value) if key not in labels]]
        self._out.append(
            f'<div class="table{" long" if len(place.value) > LONG else ""}" data-columns="{len(columns)}">'
            '<table role="table"><thead role="rowgroup"><tr role="row">'
            '<th scope="col" role="columnheader"></th>'
        )
        for key in columns:
            self._out.append(f'<th scope="col" role="columnheader">{_text(labels.setdefault(key, key))}</th>')
        self._out.append('</tr></thead><tbody role="rowgroup">')
        # A row has cells for the columns that were known when it came.
        known = dict.fromkeys(expected)
        for row in place.inside():
            known.update(dict.fromkeys(row.value))
            self._out.append(f'<tr role="row"{_where(row)}><th scope="row" role="rowheader">')
            self._sign(row, str(int(row.path[-1]) + 1))
            self._note(row)
            self._out.append("</th>")
            for key in known:
                cell = row.child(key, row.value.get(key, MISSING))
                where = "" if cell.value is MISSING and key not in expected else _where(cell)
                self._out.append(f'<td role="cell" data-label="{_text(labels[key])}"{where}>')
                self._body(cell)
                self._out.append("</td>")
            self._out.append("</tr>")
        self._out.append("</tbody></table></div>")

    def _sign(self, place: Place, name: str, description: str = "") -> None:
        status = place.status
        tip = f' title="{_text(description)}"' if description else ""
        self._out.append(
            f'<span class="sign" role="img" aria-label="{STATUSES[status]}">{UNICODE.of(status)}</span> '
            f'<span class="name"{tip}>{_text(name)}</span>'
        )

    def _note(self, place: Place) -> None:
        mark = place.mark
        if mark is not None and (text := mark.message or STATUSES.get(mark.status, "")):
            self._out.append(f'<span class="note">{_text(text)}</span>')


def _where(place: Place) -> str:
    return f' data-path="{_text(place.pointer)}" data-status="{place.status}"'


def _kind(place: Place) -> str:
    """The class of a value without places inside."""
    value = place.value
    if place.layout != "scalar":
        return place.layout
    if place.offered.secret:
        return "missing"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "object" if isinstance(value, (dict, list)) else "number"


def _said(place: Place) -> str:
    """The text of a value without places inside."""
    value = place.value
    if place.layout == "empty":
        return "empty" if place.closed else ""
    if place.layout == "missing":
        if place.gone:
            is_cell = place.parent is not None and _is_row(place.parent)
            return "–" if is_cell else "not given"
        return place.offered.label
    if place.offered.secret:
        return "kept back"
    if isinstance(value, (dict, list)):
        return plural(len(value), "item" if isinstance(value, list) else "field")
    return value if isinstance(value, str) else json_text(value)


def _is_row(place: Place) -> bool:
    return place.parent is not None and place.parent.layout == "table"


def _text(text: str) -> str:
    """The text as HTML, in content or in a quoted attribute."""
    safe = escape(text).replace("\0", "\ufffd").replace("\r", "&#13;")
    # Half a surrogate pair is no text that could be encoded.
    return _SURROGATE.sub("\ufffd", safe)
