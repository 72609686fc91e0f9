"""From the bytes of a provider to operations on the blocks of a message.

A framing (``sse``, ``framing``) cuts a body into events. An adapter (``providers``, one module for each API, listed in
``apis``) turns each event into operations (``ops``). Nothing here parses a document.
"""
