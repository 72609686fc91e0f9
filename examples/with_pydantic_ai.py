"""pydantic-ai runs the agent, partialjson reads its events: a partial object that never shows half a number, and each
stop as soon as it is complete and valid.

    python -m pip install "pydantic-ai-slim[openai]"
    python examples/with_pydantic_ai.py

The agent's own result at the end is the same object.
"""

from __future__ import annotations

import asyncio

from pydantic_ai import (
    Agent,
    AgentRunResultEvent,
    PartDeltaEvent,
    PartStartEvent,
    PromptedOutput,
    TextPart,
    TextPartDelta,
)
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from partialjson import Completed, Parser
from recorded import Stop, Trip, server


async def main() -> None:
    with server("trip") as url:
        model = OpenAIChatModel("recorded", provider=OpenAIProvider(base_url=url, api_key="none"))
        # The output comes as text. With an output tool it comes as the `args_delta` of ToolCallPartDelta.
        agent = Agent(model, output_type=PromptedOutput(Trip))
        parser = Parser(Trip)
        async with agent.run_stream_events("Plan an afternoon in Porto.") as events:
            async for event in events:
                match event:
                    case (
                        PartStartEvent(part=TextPart(content=text))
                        | PartDeltaEvent(delta=TextPartDelta(content_delta=text))
                    ):
                        for done in parser.feed(text):
                            match done:
                                case Completed(("stops", int()), Stop() as stop):
                                    print(stop)
                    case AgentRunResultEvent(result=result):
                        print("the same as the agent's result:", parser.close() == result.output)


if __name__ == "__main__":
    asyncio.run(main())
