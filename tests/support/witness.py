"""llguidance as a witness: a constrained decoder knows at each byte what may come, so it tells where text goes wrong.

It is a decoder's view of JSON Schema and differs from a validator's: members come in the order of the schema, so
``in_order_of`` puts the schema into the order of the document; and some numbers are refused at a character after which
JSON could still make them valid (``2.5`` for an integer: ``2.5e1`` is one).
"""

from __future__ import annotations

import json
from typing import Any, Final

import llguidance

__all__ = ["first_refused", "in_order_of"]

_OPTIONS: Final = {"item_separator": ", ", "key_separator": ": ", "whitespace_flexible": False}


class _Bytes:
    """A tokenizer whose tokens are the 256 bytes, and an end."""

    eos_token_id = 256
    bos_token_id = None
    tokens: Final = [bytes([byte]) for byte in range(256)] + [b"<end>"]
    special_token_ids: Final = [256]

    def __call__(self, text: bytes | str) -> list[int]:
        return list(text if isinstance(text, bytes) else text.encode())


_TOKENIZER: Final = llguidance.LLTokenizer(llguidance.TokenizerWrapper(_Bytes()))


def first_refused(schema: Any, text: str) -> int | None:
    """The index of the first character of the text that the decoder would not have written; the length of the text if
    it would not have ended there; None if it accepts the whole.

    Raises:
        ValueError: it does not support the schema.
    """
    grammar = llguidance.LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=_OPTIONS)
    matcher = llguidance.LLMatcher(_TOKENIZER, grammar, log_level=0)
    if matcher.is_error():
        raise ValueError(matcher.get_error())
    raw = list(text.encode())
    taken = matcher.try_consume_tokens(raw)
    if taken < len(raw):
        return len(bytes(raw[:taken]).decode("utf-8", "ignore"))
    return None if matcher.is_accepting() else len(text)


def in_order_of(schema: Any, value: Any) -> Any:
    """The schema with its properties in the order in which the value has them, and with properties for the other keys
    of the value where they are allowed."""
    if not isinstance(schema, dict):
        return schema
    made = dict(schema)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        rest = schema.get("additionalProperties", True)
        ordered = {}
        for key, inner in value.items():
            if key in known:
                ordered[key] = in_order_of(known[key], inner)
            elif rest is not False:
                ordered[key] = in_order_of(rest, inner) if isinstance(rest, dict) else {}
        made["properties"] = ordered | {key: inner for key, inner in known.items() if key not in ordered}
    elif isinstance(value, list) and value and isinstance(schema.get("items"), dict):
        made["items"] = in_order_of(schema["items"], value[0])
    return made
