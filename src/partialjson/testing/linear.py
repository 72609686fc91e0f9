"""``check_linear``: does a consumer's work grow with the text, or with the square of it (law 7)?

What is parsed again at every chunk, or copied, costs the square: nobody sees it in a test, and a long answer freezes
the program. No clock is asked: ``work`` says what is counted. Compiled code that reads everything again and makes
nothing of it is not seen.

The text is read twice, at one length and at twice that, in chunks of one size. Work in proportion to the length
doubles; the square makes it four times as much. Views and snapshots are not kept: whoever keeps them all pays for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from partialjson.testing.breach import Breach, Sentence
from partialjson.testing.consumers import Gives, runner
from partialjson.testing.work import Memory, Steps, Work

__all__ = ["check_linear"]

_LENGTH: Final = 2_000
_MORE: Final = 2.8
"""So much more work is too much for twice the text: half way between two and four."""
_LITTLE: Final = 60_000
"""So many bytes come and go for other reasons."""


def check_linear(
    consumer: Any,
    text: Callable[[int], str | bytes] | None = None,
    *,
    gives: Gives = "result",
    chunk: int = 6,
    as_bytes: bool = False,
) -> None:
    """Check that reading twice as much costs about twice as much.

    Args:
        consumer: as for ``check_consumer``.
        text: makes a text that is about so long; if not given, a long array and a long string are tried.
        gives: as for ``check_consumer``; snapshots are looked at and dropped.
        chunk: the size of the chunks, in characters or bytes.
        as_bytes: encode texts.

    Raises:
        Breach: law 7 broke; an ``AssertionError`` that shows both counts.
        Exception: what the consumer raises for such a text.
    """
    run = runner(consumer, gives, keep=False)
    for make in (_an_array, _a_string) if text is None else (text,):
        texts = [make(_LENGTH), make(2 * _LENGTH)]
        if as_bytes:
            texts = [each.encode() if isinstance(each, str) else each for each in texts]
        less, more = (_work_of(run, each, chunk) for each in texts)
        ratio = len(texts[1]) / len(texts[0]) / 2
        too_many = more.steps > less.steps * _MORE * ratio
        if too_many or more.memory > less.memory * _MORE * ratio + _LITTLE:
            what = "instructions" if too_many else "memory"
            raise Breach(
                7,
                f"twice the text costs more than twice the work ({what})",
                texts[1],
                [texts[1]],
                (f"for {len(texts[0])}", Sentence(_told(less))),
                (f"for {len(texts[1])}", Sentence(_told(more))),
            )


def _told(work: Work) -> str:
    return f"{work.steps} instructions, {work.memory} bytes, in chunks of one size"


def _an_array(length: int) -> str:
    element = '{"name": "some text", "n": 12}'
    return f"[{', '.join([element] * (length // (len(element) + 2)))}]"


def _a_string(length: int) -> str:
    return f'["{"some text " * (length // 10)}"]'


def _work_of(run: Callable[[Any], Any], text: Any, size: int) -> Work:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    with Steps(lambda module: not module.startswith("partialjson.testing.")) as steps:
        found = run(pieces)
    if found.error is not None:
        raise found.error
    with Memory() as memory:
        run(memory.over(pieces))
    return Work(steps.count, memory.raised)
