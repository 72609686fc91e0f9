"""Where a JSON object or array in a stream of text ends, judged by brackets and strings alone.

It is asked where a whole parse is not wanted: by those who only have to know whether something has ended. Text
that is no JSON gives some answer, and no error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Brackets"]

_BRACKETS: Final = re.compile(r'["{}\[\]]')
_STRING_REST: Final = re.compile(r'\\.|"', re.DOTALL)


@dataclass(slots=True)
class Brackets:
    """How deep the text read so far stands in brackets; fragments may be cut anywhere."""

    depth: int = 0
    begun: bool = False
    _in_string: bool = False
    _escaped: bool = False

    @property
    def closed(self) -> bool:
        """Whether the last bracket that was opened at the root is closed."""
        return self.begun and self.depth == 0

    def read(self, text: str, start: int = 0) -> int:
        """Reads on to where the outermost bracket closes: the position after it, or -1 if that is not in this
        text."""
        pos = start
        if self._escaped and pos < len(text):
            pos += 1
            self._escaped = False
        while True:
            match = (_STRING_REST if self._in_string else _BRACKETS).search(text, pos)
            if match is None:
                # A backslash with nothing after it is the one thing a fragment's end can hide.
                self._escaped = self._escaped or (self._in_string and text.endswith("\\", pos))
                return -1
            pos = match.end()
            token = match.group()
            if token == '"':
                self._in_string = not self._in_string
            elif token in "{[":
                self.depth += 1
                self.begun = True
            elif token in "}]":
                self.depth -= 1
                if self.depth == 0:
                    return pos
