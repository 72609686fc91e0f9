"""What the exit codes of the command mean; scripts rely on them."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Exit"]


class Exit(IntEnum):
    COMPLETE = 0
    DIFFERENT = 1  # ``stubs --check``: the file is not what would be written
    MENDED = 1  # ``repair``: the text was not JSON as it stood, and was mended
    INCOMPLETE = 1  # cut off, disconnected, paused, refused or filtered: well-formed as far as it came
    USAGE = 2  # an unknown provider, a model that cannot be imported
    FAILED = 3  # not JSON, not UTF-8, not an event stream, or the provider reported an error
    INVALID = 4  # JSON, but not valid for the model
    INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it
    BROKEN_PIPE = 141  # 128 + SIGPIPE
