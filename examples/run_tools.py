"""Tool calls run while the answer still streams: each one as soon as it is ready, not when all have come.

    python examples/run_tools.py

A call is ready when its arguments are whole and valid for its tool. One that is cut off, or does not fit, never runs.
Most APIs say where a call ends. OpenAI's Chat Completions does not, so its calls are ready only when the answer ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from pydantic import BaseModel

from partialjson.clients import aread
from recorded import aanswer


class GetWeather(BaseModel):
    city: str
    days: int = 1


class FindTrains(BaseModel):
    origin: str
    destination: str
    after: str


async def get_weather(call: GetWeather) -> str:
    await asyncio.sleep(0.1)
    return f"{call.days} days of sun in {call.city}"


async def find_trains(call: FindTrains) -> str:
    await asyncio.sleep(0.1)
    return f"15:04 from {call.origin}, 17:56 in {call.destination}"


TOOLS: dict[str, tuple[type[BaseModel], Callable[[Any], Coroutine[Any, Any, str]]]] = {
    "get_weather": (GetWeather, get_weather),
    "find_trains": (FindTrains, find_trains),
}


async def main() -> None:
    running: dict[str, asyncio.Task[str]] = {}
    targets = {name: target for name, (target, _) in TOOLS.items()}
    async with asyncio.TaskGroup() as group, aread(aanswer("tools"), "anthropic-messages", tools=targets) as response:
        async for _ in response:
            calls = response.message.calls
            for call in calls:
                if call.ready and call.id not in running:
                    _, tool = TOOLS[call.name]
                    running[call.id] = group.create_task(tool(call.value))
                    print(f"{call.name} runs; begun so far: {', '.join(each.name for each in calls)}")
                elif call.withdrawn and call.id in running:
                    running.pop(call.id).cancel()
    for call in response.message.calls:
        print(f"{call.name}: {running[call.id].result()}" if call.id in running else f"{call.name}: not run")
    print(response.end().reason)


if __name__ == "__main__":
    asyncio.run(main())
