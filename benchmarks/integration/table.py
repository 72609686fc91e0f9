"""The results as a table and as a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

NAMES = {
    "langchain_calls": "LangChain, tool calls added up",
    "langchain_json": "LangChain, JsonOutputParser",
    "pydantic_ai": "pydantic-ai, stream_output",
    "llama_index": "LlamaIndex, structured output",
    "marvin": "marvin, args_dict",
    "instructor": "instructor, create_partial",
    "mirascope": "mirascope, structured_stream",
    "openai": "openai SDK, chat.completions.stream",
    "anthropic": "anthropic SDK, messages.stream",
    "dspy": "DSPy, a listener with the JSON adapter",
}


def seconds(found: dict[str, Any]) -> str:
    value = found["seconds"]
    digits = 0 if value >= 20 else 1 if value >= 2 else 2
    return f"{'' if found['measured'] else '~'}{value:,.{digits}f}"


def useful(found: dict[str, Any]) -> str:
    return f"{'' if found['counted'] else '~'}{found['useful']:,}"


def table(results: dict[str, Any], sizes: Sequence[int]) -> str:
    """Markdown."""
    heads = [f"{size} KB: s before" + " | s with partialjson | useful before | useful with" for size in sizes]
    lines = [f"| library | version | {' | '.join(heads)} |", "|---|---|" + "--:|--:|--:|--:|" * len(sizes)]
    for program, name in NAMES.items():
        found = results.get(program)
        if found is None or any(f"before-{size}" not in found for size in sizes):
            continue
        cells = [name, found["version"]]
        for size in sizes:
            before, after = found[f"before-{size}"], found[f"after-{size}"]
            cells += [seconds(before), seconds(after), useful(before), useful(after)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


ROW, LEFT, WIDTH = 46, 290, 470


def bars(results: dict[str, Any], size: int) -> str:
    """A plot of the seconds for one size, as SVG, on a logarithmic scale from 0.01 s."""
    shown = [
        (name, results[program]) for program, name in NAMES.items() if f"before-{size}" in results.get(program, {})
    ]
    largest = max((found[f"before-{size}"]["seconds"] for _, found in shown), default=1)
    scale = WIDTH / (math.log10(max(largest, 1)) + 2)

    def x(value: float) -> float:
        return LEFT + max(math.log10(max(value, 0.01)) + 2, 0.05) * scale

    height = 64 + ROW * len(shown)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="860" height="{height}" viewBox="0 0 860 {height}" '
        'font-family="system-ui, sans-serif" font-size="14">',
        f'<rect width="860" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="28" font-size="16" font-weight="600">{size} KB streamed 4 characters at a time: seconds, '
        "on a logarithmic scale</text>",
    ]
    for row, (name, found) in enumerate(shown):
        y = 48 + row * ROW
        lines.append(f'<text x="{LEFT - 12}" y="{y + 23}" text-anchor="end">{escape(name)}</text>')
        for offset, what, colour in ((2, "before", "#c8ccd4"), (20, "after", "#2f6fdf")):
            value = found[f"{what}-{size}"]
            end = x(value["seconds"])
            lines.append(
                f'<rect x="{LEFT}" y="{y + offset}" width="{end - LEFT:.1f}" height="16" rx="2" fill="{colour}"/>'
            )
            label = f"{seconds(value)} s" + (" with partialjson" if what == "after" else "")
            lines.append(f'<text x="{end + 6:.1f}" y="{y + offset + 13}" font-size="12">{escape(label)}</text>')
    lines.append("</svg>")
    return "\n".join(lines) + "\n"
