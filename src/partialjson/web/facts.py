"""The value that a page draws: an answer, and what is to be said of it.

A run publishes deltas over one JSON value, which is everything that a page can show:

    {"run": the run's name, "prompt": "...",
     "answer": {"kind": "recorded" | "live" | "pasted", "label": "...", "note": "...", "api": "..."},
     "forms": {"output": FORM or null, "tools": {name: FORM}},
     "message": the state of the message (``partialjson.broadcast.ResponseState``),
     "tokens": [[block, text], ...],      the pieces of text in the order in which they came; of long ones the beginning
     "figures": {"first_token": s, "first_field": s, "seconds": s, "pieces": n, "bytes": n},   as they become known
     "stopped": null | {"by": "viewer" | "time" | "nobody" | "server" | "fault", "message": "..."}}

``run`` makes it of a response, ``document`` of a document alone. What both say in the same way is here.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["Delta", "Facts", "beginning", "short", "stopped"]

Delta = dict[str, Any]

_MOST_TOKENS: Final = 5_000
_LONGEST: Final = 500  # characters of a token, or of what an error says
_WAYS: Final = {
    "viewer": "A viewer stopped it.",
    "server": "The server was stopped.",
    "time": "It took longer than this server allows.",
    "nobody": "Everybody who watched it had left.",
}


def beginning(
    run: str, prompt: str, answer: dict[str, str], forms: dict[str, Any], message: dict[str, Any]
) -> list[Delta]:
    """The deltas that begin a run: the whole value."""
    value: dict[str, Any] = {
        "run": run,
        "prompt": prompt,
        "answer": answer,
        "forms": forms,
        "message": message,
        "tokens": [],
        "figures": {},
        "stopped": None,
    }
    return [{"op": "replace", "path": "", "value": value}]


class Facts:
    """The tokens and figures of one run, as deltas. What is too much, or was told before, gives none."""

    def __init__(self) -> None:
        self._tokens = 0
        self._figures: set[str] = set()

    def token(self, block: int, text: str) -> list[Delta]:
        """A piece of text came."""
        if self._tokens >= _MOST_TOKENS:
            return []
        self._tokens += 1
        return [{"op": "add", "path": f"/tokens/{self._tokens - 1}", "value": [block, short(text)]}]

    def figure(self, name: str, value: float) -> list[Delta]:
        """A figure became known."""
        if name in self._figures:
            return []
        self._figures.add(name)
        return [{"op": "add", "path": f"/figures/{name}", "value": round(value, 4)}]


def stopped(by: str, message: str = "") -> dict[str, str]:
    """Who stopped a run, and what to say of it."""
    return {"by": by, "message": short(message or _WAYS[by])}


def short(text: str) -> str:
    """The text, or the beginning of a long one."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
