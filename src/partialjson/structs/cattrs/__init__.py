"""Classes of attrs, dataclasses, and whatever else a converter of cattrs makes."""

try:
    import cattrs as _cattrs
except ImportError as error:
    raise ImportError(
        "classes of attrs need the package cattrs, 25.1 or newer: pip install 'partialjson-live[cattrs]'",
        name=error.name,
    ) from error

del _cattrs
