"""LangChain makes the request, partialjson reads what comes: each stop as soon as it is complete and valid.

    python -m pip install langchain-openai
    python examples/with_langchain.py

Any chat model of LangChain will do: ``chunk.text`` is the text that each chunk adds.
"""

from __future__ import annotations

from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from partialjson import stream
from recorded import Trip, server


def main() -> None:
    prompt = f"Plan an afternoon in Porto. Answer with JSON of this schema: {Trip.model_json_schema()}"
    with server("trip") as url:
        model = ChatOpenAI(model="recorded", base_url=url, api_key=SecretStr("none"))
        texts = (chunk.text for chunk in model.stream(prompt))
        for stop in stream(texts, Trip).elements(lambda trip: trip.stops):
            print(stop)


if __name__ == "__main__":
    main()
