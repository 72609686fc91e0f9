"""The pydantic layer: compiles core schemas to plans, and makes the partial objects that ``Parser.value`` shows.

It is loaded when a parser is given a target.
"""
