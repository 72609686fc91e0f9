"""Several documents in one stream: a push class (``sequence``), iterators over the values (``values``), and a short way
for lines that come whole (``lines``)."""

from partialjson.sequences.sequence import DocumentSequence, Progress
from partialjson.sequences.values import adocuments, documents

__all__ = ["DocumentSequence", "Progress", "adocuments", "documents"]
