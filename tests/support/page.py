"""Reads what the page of `partialjson.web` has drawn: its texts, and each document as the places in it."""

from __future__ import annotations

from typing import Any

__all__ = ["HOOK", "SCHEMA", "TEXT", "assert_grows", "leaves", "shown"]

SCHEMA = {
    "type": "object",
    "title": "Order",
    "properties": {"id": {"type": "integer"}, "tags": {"type": "array", "items": {"enum": ["red", "blue"]}}},
    "required": ["id"],
}
"""What a document that somebody pastes must be."""

TEXT = '{"id": 7, "tags": ["red", "blue"]}'
"""Such a document."""

HOOK = """
window.readTurn = (turn) => {
  const documents = [...turn.querySelectorAll(".card > .body > partial-json")].map((element) => {
    const places = {};
    for (const node of element.shadowRoot.querySelectorAll("[data-path]")) {
      const value = [...node.querySelectorAll(".value")].find((each) => each.closest("[data-path]") === node);
      const kind = value ? value.className.replace("value ", "") : "container";
      places[node.dataset.path] = [node.dataset.status, kind, value ? value.textContent : ""];
    }
    return places;
  });
  const texts = [...turn.querySelectorAll(".text")].map((node) => node.textContent);
  const phases = [...turn.querySelectorAll(".card[data-phase]")].map((node) => node.dataset.phase);
  return { documents, texts, phases };
};
window.seen = [];
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
const look = () => {
  const turns = [...document.querySelectorAll(".turn")];
  if (turns.length) {
    const now = JSON.stringify(readTurn(turns.at(-1)));
    if (now !== window.last) window.seen.push(JSON.parse(window.last = now));
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
"""A script for the page: ``readTurn(turn)`` gives its texts, phases of calls and documents, those as {pointer: [status,
kind, text]}; ``seen`` collects what the last turn showed, and ``violations`` what the policy refused."""

_ORDER = {"missing": 0, "partial": 1, "truncated": 2, "complete": 2, "repaired": 2, "invalid": 3, "violation": 3}


def leaves(value: Any, pointer: str = "") -> dict[str, tuple[str, str]]:
    """The kind and the text of every scalar in a value, by its pointer; and of empty containers."""
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        found: dict[str, tuple[str, str]] = {}
        for key, child in items:
            found |= leaves(child, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
        return found or {pointer: ("empty", "empty")}
    if isinstance(value, bool) or value is None:
        return {pointer: ("null" if value is None else "boolean", {None: "null", True: "true", False: "false"}[value])}
    if isinstance(value, (int, float)):
        return {pointer: ("number", f"{value:.12g}")}
    return {pointer: ("string", value)}


def shown(places: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What a document shows, without the places for what has not come."""
    return {
        pointer: (kind, text)
        for pointer, (status, kind, text) in places.items()
        if kind not in ("container", "missing") and status != "missing"
    }


def assert_grows(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Nothing that the page showed is taken back or changed; it only becomes more."""
    for one, other in zip(before["texts"], after["texts"], strict=False):
        assert other.startswith(one)
    for one, other in zip(before["documents"], after["documents"], strict=False):
        for pointer, (status, kind, text) in one.items():
            assert pointer in other
            later, later_kind, later_text = other[pointer]
            # Where nothing had come, anything may come; and a place may be said to be open no more.
            assert _ORDER[later] >= _ORDER[status] or pointer == "", (pointer, status, later)
            if kind not in ("missing", "container", "empty", "null"):
                assert later_kind == kind
                assert later_text.startswith(text), (pointer, text, later_text)
