"""Structs of msgspec, and whatever else ``msgspec.json.decode`` makes."""

try:
    import msgspec as _msgspec
except ImportError as error:
    raise ImportError(
        "msgspec targets need the package msgspec, 0.20 or newer: pip install 'partialjson-live[msgspec]'",
        name=error.name,
    ) from error

del _msgspec
