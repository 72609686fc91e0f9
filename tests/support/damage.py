"""Documents with the accidents that models have."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from partialjson.testing import strategies
from support.dialects import dialects, write

_ACCIDENTS = (
    ("'", '"', "`", "\u201c", "\\", '\\"'),
    ("{", "}", "[", "]", "(", ")", ",", ":", ";", "=", "=>"),
    ("/* c */", "// c\n", "# c\n", "...", "```json\n", "```", "\u00a0"),
    ("None", "True", "word ", "f(", "+ ", "0x1F", "1_0", ".5", "\n", "\\u12", "\\x41", "\x00"),
)


@st.composite
def damaged(draw: st.DrawFn, documents: st.SearchStrategy[Any] | None = None) -> str:
    """A text with up to four accidents of the kinds that models have, some labelled, some anywhere."""
    document = draw(strategies.values(max_leaves=8) if documents is None else documents)
    indent = draw(st.sampled_from((None, None, 1)))
    text = json.dumps(document, indent=indent, ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()):
        text = write(document, draw(dialects())) if isinstance(document, dict | list) else text
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(text)))
        accident = draw(st.sampled_from(("lost", "put in", "cut")))
        if accident == "lost":
            text = text[:place] + text[place + draw(st.integers(1, 3)) :]
        elif accident == "put in":
            text = text[:place] + draw(st.sampled_from(draw(st.sampled_from(_ACCIDENTS)))) + text[place:]
        elif draw(st.booleans()):
            text = text[:place]
    return text
