"""Bytes to text: UTF-8 in chunks that may be cut anywhere, also inside a character.

What has come of a character that is cut waits in ``tail``. One byte order mark at the start is dropped, and counts for
no position. The valid text before a byte that is no UTF-8 is given first, so that the earlier of two errors in a chunk
is the one that is reported.
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
        # What is wrong in the last chunk, after its valid text.
        self.fault = ""

    def decode(self, chunk: bytes) -> str:
        """The characters that are whole now; ``fault`` says what is wrong after them, if anything is."""
        self.pos += self.used
        self.used = 0
        n: i64 = len(chunk)
        if n > 0 and chunk[n - 1] < 0x80 and self.bom_checked and not self.tail:
            # Where the last byte is a character of its own, nothing is cut.
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
                # Perhaps the beginning of a byte order mark.
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
        """The offset in bytes of what comes after ``before``, the beginning of the text that was decoded last."""
        return self.pos + len(before.encode("utf-8", "surrogatepass"))

    def end(self) -> i64:
        """The offset in bytes of the end of all that has come."""
        return self.pos + self.used + len(self.tail)

    def leave(self, read: str) -> i64:
        """Of the last chunk only ``read`` belongs to the document; gives how many bytes do not."""
        used: i64 = len(read.encode())
        left = self.used + len(self.tail) - used
        self.used = used
        self.tail = b""
        self.fault = ""
        return left

    def go_back(self, n: i64) -> None:
        """The last ``n`` characters, which are ASCII, count no more, nor does one that is cut."""
        self.pos += self.used - n
        self.used = 0
        self.tail = b""
