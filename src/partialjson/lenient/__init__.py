"""Lenient parsing, outside the core: finding the document in a text.

``locate`` finds it, by the looks of ``candidates``; ``last`` finds the last of several; ``lines`` tells
fences from prose in an answer that goes on in the middle of a document.
"""
