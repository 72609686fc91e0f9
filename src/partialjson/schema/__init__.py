"""JSON Schema targets: from a schema to rules that the core judges by, and to the errors of the package jsonschema.

    from partialjson import Parser, Schema

    parser = Parser(schema={"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}}})
    order = Schema(json.loads(path.read_text()))       # compiled once, for many parsers
    parser = Parser(order)

The layers below know no schema language, and this one reads no document. ``compiler`` makes one rule of the core for
each subschema, with ``references`` to find what ``$ref`` names; ``dialects`` says what the drafts do differently. The
verdict on a document is the core's. Where it is "invalid", ``errors`` has jsonschema say what is wrong. ``specs``
describes the same schema for displays, paths and reports, and ``targets`` puts it all together.

The packages jsonschema and referencing are needed, by the extra ``jsonschema``.
"""

try:
    import jsonschema as _jsonschema
    import referencing as _referencing
except ImportError as error:
    raise ImportError(
        "JSON Schema targets need the package jsonschema, 4.20 or newer: pip install 'partialjson-live[jsonschema]'",
        name=error.name,
    ) from error

from partialjson.schema.targets import Schema

del _jsonschema, _referencing

__all__ = ["Schema"]
