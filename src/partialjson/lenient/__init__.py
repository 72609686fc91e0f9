"""Lenient parsing, outside the core: finding the document in a text."""
