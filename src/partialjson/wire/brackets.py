"""Where a JSON object or array ends in a stream of text, judged by brackets and strings alone.

This is for callers who do not need a full parse, only whether something has ended. For text that is not JSON it gives
some answer, and no error.
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
    """How deeply nested in brackets the end of the text so far is; fragments may be cut anywhere."""

    depth: int = 0
    begun: bool = False
    _in_string: bool = False
    _escaped: bool = False

    @property
    def closed(self) -> bool:
        """Whether the last bracket that was opened at the root is closed."""
        return self.begun and self.depth == 0

    def read(self, text: str, start: int = 0) -> int:
        """Reads on to where the outermost bracket closes; returns the position after it, or -1 if it does not close in
        this text."""
        pos = start
        if self._escaped and pos < len(text):
            pos += 1
            self._escaped = False
        while True:
            match = (_STRING_REST if self._in_string else _BRACKETS).search(text, pos)
            if match is None:
                # A backslash at the end of a fragment applies to the first character of the next.
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
