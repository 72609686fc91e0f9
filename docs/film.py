"""Pictures of a terminal, one after the other, as one SVG that moves.

rich draws each picture as an SVG. Most of what stands on a terminal stays from one picture to the next, so each piece
of a line is kept once for each stretch of time in which it does not change, and shown for that long by a CSS animation.
The result is small, sharp at any size, and plays wherever an SVG is shown as an image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["moving"]

_SCREEN: Final = re.compile(r'(<g [^>]*clip-terminal\)">)(.*)<g class="([\w-]+-matrix)">(.*)</g>\s*</g>', re.DOTALL)
_STYLE: Final = re.compile(r"\.([\w-]+-r\d+) \{ (.*?) \}")
_RULES: Final = re.compile(r"\n *\.[\w-]+-r\d+ \{.*?\}(?=\s*</style>)", re.DOTALL)
_PIECE: Final = re.compile(r"<(rect|text) .*?(?:/>|</text>)", re.DOTALL)
_CLASS: Final = re.compile(r'class="([\w-]+-r\d+)"')

# Where a piece stands: its kind, its line and its column, as rich writes them.
Place = tuple[str, str, str]


def moving(frames: Sequence[str], seconds: Sequence[float]) -> str:
    """One SVG out of those that ``Console.export_svg`` made, all of one size and with one ``unique_id``.

    Args:
        frames: the pictures.
        seconds: how long each is shown; after the last the film begins anew.
    """
    styles: dict[str, str] = {}
    shots = [_pieces(frame, styles) for frame in frames]
    starts = [sum(seconds[:number]) for number in range(len(seconds) + 1)]
    drawn: list[str] = []
    spans: dict[tuple[int, int], str] = {}
    # Backgrounds lie under texts.
    for place in sorted({place for shot in shots for place in shot}):
        for first, last, content in _stretches([shot.get(place, "") for shot in shots]):
            if content:
                name = spans.setdefault((first, last), f"s{len(spans)}")
                drawn.append(f'<g class="{name}">{content}</g>')
    rules = [f".{name} {{ {style} }}" for style, name in styles.items()]
    for (first, last), name in spans.items():
        rules.append(_shown(name, starts[first] / starts[-1], starts[last] / starts[-1], starts[-1]))
    content = "\n".join(drawn)
    whole = _SCREEN.sub(lambda found: f'{found[1]}<g class="{found[3]}">{content}</g></g>', frames[0], count=1)
    return _RULES.sub(lambda found: "\n" + "\n".join(rules), whole, count=1)


def _pieces(frame: str, styles: dict[str, str]) -> dict[Place, str]:
    """What stands where, in classes that mean the same in all pictures."""
    names = {name: styles.setdefault(style, f"c{len(styles)}") for name, style in _STYLE.findall(frame)}
    screen = _SCREEN.search(frame)
    assert screen is not None, "not a picture of rich"
    pieces: dict[Place, str] = {}
    for piece in _PIECE.finditer(screen[2] + screen[4]):
        text = re.sub(r'\s*clip-path="[^"]*"', "", piece[0])
        if piece[1] == "text" and not re.sub(r"<[^>]*>|&#160;|\s", "", text):
            continue
        y, x = (re.findall(rf'\b{name}="([^"]*)"', text)[0] for name in "yx")
        place = (piece[1], y, x)
        pieces[place] = _CLASS.sub(lambda found: f'class="{names[found[1]]}"', text)
    return pieces


def _stretches(contents: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """From which picture to before which one a piece keeps its content."""
    first = 0
    for number in range(1, len(contents) + 1):
        if number == len(contents) or contents[number] != contents[first]:
            yield first, number, contents[first]
            first = number


def _shown(name: str, since: float, until: float, length: float) -> str:
    if since == 0 and until == 1:
        return ""
    hidden, seen = "visibility: hidden", "visibility: visible"
    moments = [] if since == 0 else [f"0% {{ {hidden} }}"]
    moments.append(f"{since:.3%} {{ {seen} }}")
    if until < 1:
        moments.append(f"{until:.3%} {{ {hidden} }}")
    # Without animations, or where the reader wants none, the last picture stands.
    still = seen if until == 1 else hidden
    return (
        f"@keyframes {name} {{ {' '.join(moments)} }}\n"
        f".{name} {{ {still}; animation: {name} {length:g}s step-end infinite }}"
    )
