"""Bytes to text: UTF-8 in chunks that may be cut anywhere, even inside a character.

The bytes of a cut character wait in ``tail``. One byte order mark at the start is dropped and does not count in
positions. The valid text before a bad byte is returned first, so that the earlier of two errors in a chunk is reported.
"""

from __future__ import annotations

from codecs import utf_8_decode
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from mypy_extensions import i64

BOM: Final = b"\xef\xbb\xbf"


@final
class Utf8:
    """The bytes of one document."""

    def __init__(self) -> None:
        # The bytes of whole characters before the last chunk, and in it.
        self.pos: i64 = 0
        self.used: i64 = 0
        self.tail = b""
        self.bom_checked = False
        # The error in the last chunk, after its valid text.
        self.fault = ""

    def decode(self, chunk: bytes) -> str:
        """The characters that are complete now; ``fault`` is the error after them, if there is one."""
        self.pos += self.used
        self.used = 0
        n: i64 = len(chunk)
        if n > 0 and chunk[n - 1] < 0x80 and self.bom_checked and not self.tail:
            # If the last byte is a character of its own, nothing is cut.
            try:
                text = chunk.decode()
            except UnicodeDecodeError:
                return self._decode(chunk)
            self.used = n
            return text
        return self._decode(chunk)

    def _decode(self, chunk: bytes) -> str:
        data = self.tail + chunk if self.tail else chunk
        if not self.bom_checked:
            if data.startswith(BOM):
                data = data[3:]
            elif BOM.startswith(data):
                # This may be the beginning of a byte order mark.
                self.tail = data
                return ""
            self.bom_checked = True
        try:
            text, used = utf_8_decode(data, "strict", False)
        except UnicodeDecodeError as error:
            used = error.start
            text = data[:used].decode()
            self.fault = f"the text is not UTF-8: {error.reason} (byte 0x{data[used]:02x})"
        self.used = used
        self.tail = data[used:]
        return text

    def offset(self, before: str) -> i64:
        """The byte offset after ``before``, which is the beginning of the text that was decoded last."""
        return self.pos + len(before.encode("utf-8", "surrogatepass"))

    def end(self) -> i64:
        """The byte offset of the end of everything that has come."""
        return self.pos + self.used + len(self.tail)

    def leave(self, read: str) -> i64:
        """Only ``read`` of the last chunk belongs to the document; returns how many bytes do not."""
        used: i64 = len(read.encode())
        left = self.used + len(self.tail) - used
        self.used = used
        self.tail = b""
        self.fault = ""
        return left

    def go_back(self, n: i64) -> None:
        """The last ``n`` characters, which are ASCII, no longer count; nor does a cut one."""
        self.pos += self.used - n
        self.used = 0
        self.tail = b""
