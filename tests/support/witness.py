"""llguidance as a witness: a constrained decoder knows at each byte what may come, so it tells where text goes wrong.

It is a decoder's view of JSON Schema and differs from a validator's: members come in the order of the schema, so
``orders`` puts the schema into the order of the document; and some numbers are refused at a character after which JSON
could still make them valid (``2.5`` for an integer: ``2.5e1`` is one).
"""

from __future__ import annotations

import json
from typing import Any, Final

import llguidance

from support.tool_calls import Reading

__all__ = ["character_of", "first_refused", "orders"]

_OPTIONS: Final[Any] = {"item_separator": ", ", "key_separator": ": ", "whitespace_flexible": False}


class _Bytes:
    """A tokenizer whose tokens are the 256 bytes, and an end."""

    eos_token_id = 256
    bos_token_id = None
    tokens: Final = [bytes([byte]) for byte in range(256)] + [b"<end>"]
    special_token_ids: Final = [256]

    def __call__(self, text: bytes | str) -> list[int]:
        return list(text if isinstance(text, bytes) else text.encode())


_TOKENIZER: Final = llguidance.LLTokenizer(llguidance.TokenizerWrapper(_Bytes()))


def first_refused(schema: Any, text: str) -> int:
    """The index of the first character of the text that the decoder would not have written; the length of the text if
    there is none.

    Raises:
        ValueError: it does not support the schema.
    """
    grammar = llguidance.LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=_OPTIONS)
    matcher = llguidance.LLMatcher(_TOKENIZER, grammar, log_level=0)
    if matcher.is_error():
        raise ValueError(matcher.get_error())
    raw = list(text.encode())
    taken = matcher.try_consume_tokens(raw)
    return len(bytes(raw[:taken]).decode("utf-8", "ignore"))


def character_of(reading: Reading) -> int:
    """The index of the character of the mutant at which the decoder knows that it is wrong.

    Raises:
        ValueError: it does not support the schema.
    """
    mutant = reading.mutant
    tried = orders(mutant.call.schema, mutant.arguments, mutant.call.arguments)
    return max(first_refused(schema, mutant.text) for schema in tried)


def orders(schema: Any, value: Any, original: Any) -> list[Any]:
    """The schema with its properties in the order of the value, with those that the value lacks at the end, or where
    the original had them. A value is only wrong where it is wrong in each order."""
    return [_in_order_of(schema, value), _in_order_of(_in_order_of(schema, original), value, stays=True)]


def _in_order_of(schema: Any, value: Any, stays: bool = False) -> Any:
    """The schema with its properties in the order in which the value has them, and with properties for the other keys
    of the value where they are allowed. What the value lacks comes last, or if it ``stays`` before what it is before.
    """
    if not isinstance(schema, dict):
        return schema
    made = dict(schema)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        rest = schema.get("additionalProperties", True)
        waiting = list(known)
        ordered: dict[str, Any] = {}
        for key, inner in value.items():
            if key in known:
                while stays and waiting[0] != key and waiting[0] not in value:
                    absent = waiting.pop(0)
                    ordered[absent] = known[absent]
                waiting.remove(key)
                ordered[key] = _in_order_of(known[key], inner, stays)
            elif rest is not False:
                ordered[key] = _in_order_of(rest, inner, stays) if isinstance(rest, dict) else {}
        made["properties"] = ordered | {key: known[key] for key in waiting}
    elif isinstance(value, list) and value and isinstance(schema.get("items"), dict):
        made["items"] = _in_order_of(schema["items"], value[0], stays)
    return made
