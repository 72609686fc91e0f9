"""instructor makes the request, partialjson reads what comes: each stop as soon as it is complete and valid.

    python -m pip install instructor
    python examples/with_instructor.py

With ``response_model=None`` instructor hands on the provider's stream, so its clients, hooks and templates stay in use.
"""

from __future__ import annotations

import instructor
from openai import OpenAI

from partialjson.clients import read
from recorded import Trip, server


def main() -> None:
    expected = {"type": "json_schema", "json_schema": {"name": "Trip", "schema": Trip.model_json_schema()}}
    with server("trip") as url:
        client = instructor.from_openai(OpenAI(base_url=url, api_key="none"))
        completion = client.chat.completions.create(
            model="recorded",
            messages=[{"role": "user", "content": "Plan an afternoon in {{ city }}."}],
            context={"city": "Porto"},
            response_model=None,
            response_format=expected,
            stream=True,
        )
        for stop in read(completion, "openai-chat", output=Trip).elements(lambda trip: trip.stops):
            print(stop)


if __name__ == "__main__":
    main()
