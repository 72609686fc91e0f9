"""The adapters: one module for each API, named after its row in ``partialjson.wire.apis``."""
