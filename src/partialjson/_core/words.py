"""Which of some words a string can still become.

The words are sorted by code points, as ``sorted`` does. Those that begin like the string are neighbours, from ``low``
up to ``high``; each character narrows that range by bisection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["first_after", "first_with"]


def first_with(words: list[str], low: i64, high: i64, at: i64, c: i64) -> i64:
    """The first word of ``low`` to ``high`` whose character number ``at`` is not less than ``c``, or ``high``.

    All words of the range have the same characters before ``at``. So the words that go on with ``c`` are those from
    ``first_with(words, low, high, at, c)`` up to ``first_after(words, low, high, at, c)``.
    """
    while low < high:
        middle = (low + high) // 2
        word = words[middle]
        # A word that ends here comes before those that go on.
        if len(word) <= at or ord(word[at]) < c:
            low = middle + 1
        else:
            high = middle
    return low


def first_after(words: list[str], low: i64, high: i64, at: i64, c: i64) -> i64:
    """The first word of ``low`` to ``high`` whose character number ``at`` is greater than ``c``, or ``high``."""
    while low < high:
        middle = (low + high) // 2
        word = words[middle]
        if len(word) <= at or ord(word[at]) <= c:
            low = middle + 1
        else:
            high = middle
    return low
