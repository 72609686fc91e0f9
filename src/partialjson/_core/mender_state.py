"""The state of a mender as plain data, for checkpoints.

It is saved beside the state of its lexer (``checkpoint``). What the mode does not use is left out, so that the state is
canonical. A state may come from anywhere, so what it says is compared with the rest before it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from partialjson._core.checkpoint import load_count, load_number, typed
from partialjson._core.lookout import AT_ROOT as ROOT_STRING
from partialjson._core.lookout import is_quote
from partialjson._core.machine import (
    QUOTE,
    TEXT,
    VALUE,
)
from partialjson._core.mender import Mender
from partialjson._core.scribe import (
    AT_ROOT,
    BLANKS,
    IN_COMMENT,
    IN_SKIPPED,
    IN_STRAY,
    IN_STRING,
    IN_TEXT,
    IN_TRAILING,
    Record,
    number_of,
)
from partialjson.limits import LARGEST
from partialjson.repairs import KINDS, RepairKind

if TYPE_CHECKING:
    from mypy_extensions import i64


def save_mender(m: Mender) -> dict[str, Any]:
    """The state as plain data; ``load`` takes it over, after the lexer has its own."""
    m.catch_up()
    string = m.string
    mode = m.mode
    source_map = m.map
    segments: list[list[i64]] = []
    if source_map is not None:
        segments = source_map.save()
    # What the mode does not use is left out, so that the state is canonical.
    in_string = mode == IN_STRING
    brackets = [string.braces, string.squares] if in_string and string.has_inner else [0, 0]
    skips = mode == IN_COMMENT or mode == IN_SKIPPED
    return {
        "pend": m.pend,
        "read": m.read,
        "mode": mode,
        "position": [m.first_line, m.first_line_start, m.first_bytes],
        "shift": [m.shift, m.shifted, m.puts_in],
        "map": segments,
        "gap": [m.gap, m.gap_at, m.gap_is_source] if m.gap else ["", 0, True],
        "gap_position": [m.gap_line, m.gap_line_start, m.gap_byte] if m.gap else [0, 0, 0],
        "key": [m.lexer.key_at, m.key_source if m.lexer.key_at < m.shifted else 0],
        "string": [string.where, string.opening, string.doubled, string.has_inner] if in_string else [0, 0, 0, False],
        "brackets": brackets,
        "escaped": m.is_escaped and in_string,
        "text": [m.opened, m.text_record] if mode == IN_TEXT else ["", 0],
        "root": ["".join(m.parts), m.gap_at] if mode == AT_ROOT else ["", 0],
        "root_position": [m.gap_line, m.gap_line_start, m.gap_byte] if mode == AT_ROOT else [0, 0, 0],
        "skipping": [m.comment, m.nested, m.nested_quote] if skips else [0, 0, 0],
        "groups": list(m.groups),
        "tuples": list(m.tuples),
        "strict": m.is_strict,
        "repairs": [[KINDS[each.kind].value, each.start, each.end, list(each.path())] for each in m.records],
    }


def load_mender(m: Mender, saved: Any) -> None:
    """Take over what ``save_mender`` saved; nothing has been read, and the lexer has its state.

    Raises:
        LookupError, TypeError, ValueError: no mender saved this.
    """
    # The lexer has no limit on mended text, and none of it may come near to what an offset can be.
    load_count(m.lexer.base, LARGEST // 2)
    m.is_strict = typed(bool, saved["strict"])
    m.lexer.is_mended = not m.is_strict
    m.pend = typed(str, saved["pend"])
    m.read = load_count(saved["read"], m.max_document)
    m.at = m.read - len(m.pend)
    m.mode = load_count(saved["mode"], IN_TRAILING)
    if m.at < 0 or _is_contradicted(m):
        raise ValueError("its modes contradict its text")
    m.first_line, m.first_line_start, m.first_bytes = _load_position(saved["position"], m.at)
    m._unmark()
    shift, shifted, puts_in = saved["shift"]
    m.shift = load_number(shift, -LARGEST, LARGEST)
    m.shifted = load_count(shifted, m.lexer.base)
    m.puts_in = typed(bool, puts_in)
    if m.map is not None:
        m.map.load([[load_count(n) for n in typed(list, each)] for each in typed(list, saved["map"])])
    gap, gap_at, gap_is_source = saved["gap"]
    m.gap = typed(str, gap)
    if m.gap.strip(BLANKS) not in ("", ","):
        raise ValueError("what waits is no comma")
    m.gap_at = load_count(gap_at, m.read)
    if m.gap:
        m.gap_line, m.gap_line_start, m.gap_byte = _load_position(saved["gap_position"], m.gap_at)
    m.gap_is_source = typed(bool, gap_is_source)
    if m.gap and m.gap_is_source and m.gap_at + len(m.gap) != m.at:
        raise ValueError("what waits is not where the text stops")
    key_at, key_source = saved["key"]
    m.lexer.key_at = load_count(key_at, m.lexer.base)
    m.key_source = load_count(key_source, m.read)
    string = m.string
    where, opening, doubled, has_inner = saved["string"]
    braces, squares = saved["brackets"]
    string.where = load_count(where, ROOT_STRING)
    string.opening = load_count(opening, 0x10FFFF)
    string.doubled = load_count(doubled, 2)
    string.has_inner = typed(bool, has_inner)
    string.braces = load_number(braces, -m.read, m.read)
    string.squares = load_number(squares, -m.read, m.read)
    m.is_escaped = typed(bool, saved["escaped"])
    if m.mode == IN_STRING and (string.where != m.where() or not is_quote(string.opening)):
        raise ValueError("the string is not where its text is, or in no quotes")
    if m.is_escaped and string.opening != QUOTE:
        raise ValueError("its quotes cannot be escaped")
    opened, text_record = saved["text"]
    m.opened = typed(str, opened)
    root, root_at = saved["root"]
    m.parts = [typed(str, root)] if root else []
    if m.mode == AT_ROOT:
        m.gap_at = load_count(root_at, m.read)
        m.gap_line, m.gap_line_start, m.gap_byte = _load_position(saved["root_position"], m.gap_at)
    comment, nested, nested_quote = saved["skipping"]
    m.comment = load_count(comment, 1)
    m.nested = load_count(nested, m.read)
    m.nested_quote = load_number(nested_quote, -QUOTE, QUOTE)
    m.groups = [load_count(n) for n in typed(list, saved["groups"])]
    m.tuples = [load_count(n) for n in typed(list, saved["tuples"])]
    if len(m.groups) % 2 == 1 or max([*m.groups[::2], *m.tuples], default=0) > m.lexer.tree.depth():
        raise ValueError("its brackets contradict its text")
    m.records = []
    for kind, start, end, path in typed(list, saved["repairs"]):
        keys = [load_count(key) if type(key) is int else typed(str, key) for key in typed(list, path)]
        if load_count(start, m.read) > load_count(end, m.read):
            raise ValueError("a repair ends before it begins")
        m.records.append(Record(number_of(RepairKind(kind)), start, end, tuple(keys)))
    m.text_record = load_count(text_record, max(len(m.records) - 1, 0))
    if m.mode in (IN_TEXT, IN_COMMENT, IN_SKIPPED, IN_STRAY, IN_TRAILING) and not m.records:
        raise ValueError("it skips text, and no repair tells why")


def _load_position(saved: Any, at: i64) -> tuple[int, int, int]:
    """The line of an offset, where that line begins, and the offset in bytes."""
    line, line_start, byte = [load_count(n) for n in typed(list, saved)]
    if line < 1 or line > at + 1 or line_start > at:
        raise ValueError("its positions contradict each other")
    return line, line_start, byte


def _is_contradicted(m: Mender) -> bool:
    """Is the lexer in a state that does not go with the mode?"""
    state = m.lexer.state
    if m.lexer.escape != 0 and not m.is_strict:
        # An escape that is cut waits, and the lexer has nothing of it.
        return True
    if m.mode == IN_STRING:
        return state != TEXT
    if m.mode == IN_TEXT:
        return state != TEXT or m.lexer.is_key
    if m.mode == AT_ROOT:
        return state != VALUE or m.lexer.tree.depth() > 0
    return state >= TEXT and not m.is_strict
