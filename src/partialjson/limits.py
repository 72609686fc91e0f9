"""Limits on documents and messages, because text from a model or a network is not trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["Limits"]

# Deeper values cause trouble for their readers: comparing, printing or dumping nested lists recurses in CPython.
DEFAULT_DEPTH = 512
# pydantic's own JSON parser refuses the 202nd level; a typed document follows it.
TYPED_DEPTH = 201
LARGEST = (1 << 62) - 1


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document that a parser reads, and the largest message.

    Passing a limit of documents is a ParseError at the character that passes it. Passing one of messages ends the
    message with a StreamError; what came before is kept.

    Attributes:
        depth: levels of nested containers; by default 512, and 201 with a target, as in pydantic.
        string: code points in one string or key.
        number: characters in one number; the default is the digits CPython converts.
        document: code points in the document.
        blocks: blocks in a message, over all of its choices.
        choices: choices of a message.
        text: code points in a message: those of its texts and of the arguments of its calls.
    """

    depth: int | None = None
    string: int = 64 * 1024 * 1024
    number: int = 4300
    document: int = 1024 * 1024 * 1024
    blocks: int = 10_000
    choices: int = 1_000
    text: int = 256 * 1024 * 1024

    def __post_init__(self) -> None:
        for name in ("depth", "string", "number", "document", "blocks", "choices", "text"):
            bound = getattr(self, name)
            if bound is None and name == "depth":
                continue
            if isinstance(bound, bool) or not isinstance(bound, int):
                raise TypeError(f"the limit {name} must be an int, not {type(bound).__name__}")
            if not 1 <= bound <= LARGEST:
                raise ValueError(f"the limit {name} must be between 1 and {LARGEST}, not {bound}")


DEFAULT: Final = Limits()
