"""MCP Apps: what a host tells the view of a tool while the model writes the tool's arguments (checked with
``@modelcontextprotocol/ext-apps``).

    encoder = mcp_apps.Encoder()
    for sent in encoder.follow(read(stream, "anthropic-messages", tools=tools)):
        for event in sent:
            views[event["call"]].post(event["notification"])

Each event is ``{"call": id, "tool": name, "notification": {...}}``: a notification in JSON-RPC and the call to whose
view it goes.

| in the message | notification |
|---|---|
| the arguments of a call grew | ``ui/notifications/tool-input-partial`` with the arguments so far |
| it is ready | ``ui/notifications/tool-input`` with the arguments, once |
| its result | ``ui/notifications/tool-result`` |
| it was cut off, is broken, or was withdrawn | ``ui/notifications/tool-cancelled`` with the reason |

**Partial arguments are an object**, never text, and a view may draw them as they are: nothing in them is half a number
or half an escape, fields that the target keeps back are not there, and each one extends the one before. The protocol
sends the whole each time, so ask less often where arguments are long: ``feed`` gives one for all that came since.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from partialjson._jsontext import line_text
from partialjson.encoders.encoder import AnswerEncoder
from partialjson.encoders.parts import Part, error_text

__all__ = ["Encoder"]


class Encoder(AnswerEncoder):
    """Notifications for the views of the calls of one answer.

    Args:
        tools: the tools that have a view; by default all.
    """

    def __init__(self, *, tools: Collection[str] | None = None) -> None:
        super().__init__()
        self._tools = None if tools is None else frozenset(tools)

    def on_document(self, part: Part, deltas: list[dict[str, Any]], place: str | None) -> None:
        if part.kind == "call" and isinstance(part.value, dict):
            self._notify(part, "tool-input-partial", {"arguments": part.value})

    def on_call_ready(self, part: Part) -> None:
        # A tool that takes free text has no arguments to name.
        value = part.value if part.has_value else {}
        self._notify(part, "tool-input", {"arguments": value} if isinstance(value, dict) else {})

    def on_call_result(self, part: Part, result: Any, failed: bool) -> None:
        self._notify(part, "tool-result", _tool_result(result, failed))

    def on_call_fault(self, part: Part, why: str) -> None:
        self._notify(part, "tool-cancelled", {"reason": why})

    def on_step_end(self, reason: str) -> None:
        for part in self.parts:
            if part.kind == "call" and not part.ready and part.phase != "held":
                self.fail(part)

    def _notify(self, part: Part, method: str, params: dict[str, Any]) -> None:
        if part.server or (self._tools is not None and part.name not in self._tools):
            return
        notification = {"jsonrpc": "2.0", "method": f"ui/notifications/{method}", "params": params}
        self.say({"call": part.id, "tool": part.name, "notification": notification})


def _tool_result(result: Any, failed: bool) -> dict[str, Any]:
    """A ``CallToolResult``: as an MCP server gave it, or made of what the tool returned."""
    if isinstance(result, dict) and isinstance(result.get("content"), list):
        return {**result, "isError": True} if failed else result
    text = result if isinstance(result, str) else error_text(result) if failed else line_text(result)
    found: dict[str, Any] = {"content": [{"type": "text", "text": text}]}
    if isinstance(result, dict):
        found["structuredContent"] = result
    return {**found, "isError": True} if failed else found
