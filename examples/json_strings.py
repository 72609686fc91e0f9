"""Objects that models send as strings: ``{"filter": "{\\"city\\": ...}"}`` where an object was asked for.

    python examples/json_strings.py

``T | Json[T]`` takes both. An object is followed while it grows, as ever. A string is read as JSON when it closes,
since only then is it certain to be one.
"""

from __future__ import annotations

from pydantic import BaseModel, Json, ValidationError

from partialjson import Complete, Failed, Parser


class Filter(BaseModel):
    city: str
    stars: int = 3


class Search(BaseModel):
    query: str
    filter: Filter | Json[Filter]


ANSWERS = (
    '{"query": "hotels", "filter": {"city": "Porto", "stars": 4}}',
    r'{"query": "hotels", "filter": "{\"city\": \"Porto\", \"stars\": 4}"}',
    r'{"query": "hotels", "filter": "{\"city\": \"Porto\", \"stars\": \"four\"}"}',
)


def main() -> None:
    for answer in ANSWERS:
        parser = Parser(Search)
        parser.feed(answer[:48])
        print("while it comes:", parser.value)
        parser.feed(answer[48:])
        match parser.end():
            case Complete(value=search):
                print("in the end:    ", search)
            case Failed(error=ValidationError() as error):
                print("in the end:    ", error.errors()[-1]["msg"])


if __name__ == "__main__":
    main()
