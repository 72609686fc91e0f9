"""All strategies of the kit, for hypothesis.

    from hypothesis import given, strategies as st
    from partialjson.testing.strategies import chunkings, documents

    @given(documents(), st.data())
    def test_chunks_do_not_show(text, data):
        assert read(data.draw(chunkings(text))) == read([text])

All shrink towards the short and the plain: shorter texts, no white space, no escapes, one chunk, no damage beside the
one that matters. Each gives plain ``str`` or ``bytes``, or a subclass of them that says more; what is printed when a
test fails can be pasted.
"""

from partialjson.testing.fitting import FAULTS, Fault, Near, documents_for, models, values_for
from partialjson.testing.streams import ENDINGS, HABITS, ProviderStream, habits_of, provider_streams, sayings
from partialjson.testing.texts import (
    KEYS,
    chunkings,
    damaged,
    damaged_bytes,
    documents,
    number_texts,
    scalars,
    string_texts,
    strings,
    truncations,
    values,
)

__all__ = [
    "ENDINGS",
    "FAULTS",
    "HABITS",
    "KEYS",
    "Fault",
    "Near",
    "ProviderStream",
    "chunkings",
    "damaged",
    "damaged_bytes",
    "documents",
    "documents_for",
    "habits_of",
    "models",
    "number_texts",
    "provider_streams",
    "sayings",
    "scalars",
    "string_texts",
    "strings",
    "truncations",
    "values",
    "values_for",
]
