"""Tables that a command writes into a page, between two comments."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["into_page"]


def into_page(page: str, begin: str, end: str, lines: Sequence[str]) -> str:
    """The page with these lines between the two comments.

    Raises:
        ValueError: the comments are not there.
    """
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise ValueError(f"the page has no place for the table: {begin} and {end}")
    return "\n".join([before + begin, "", *lines, "", end + after])
