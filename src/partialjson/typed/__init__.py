"""The pydantic layer: makes plans and specs of core schemas, and the partial objects that ``Parser.value`` shows.

It is loaded when a parser gets a target.
"""
