"""What can be asked: a prompt for each recording, and the types that its answer has.

A prompt that somebody types chooses a recording by its words. That is no understanding, and the page says that it shows
a recorded response. A real model is asked the prompt itself; the question then only says which types it answers in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from partialjson.cli.recordings import RECORDINGS, Recording

__all__ = ["QUESTIONS", "Question", "catalogue", "choose", "question_named"]

_WORD: Final = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Question:
    """Something to ask.

    Attributes:
        recording: the recorded answer.
        title: what the answer is, in a few words.
        prompt: a prompt for it.
        words: words of other prompts that mean it.
    """

    recording: Recording
    title: str
    prompt: str
    words: frozenset[str] = field(repr=False)

    @property
    def name(self) -> str:
        return self.recording.name

    @property
    def output(self) -> Any:
        """The type of the structured answer; None if it is no structured one."""
        return self.recording.output

    @property
    def tools(self) -> Mapping[str, Any]:
        """The types of the arguments of the tools that the model may call."""
        return self.recording.tools

    def score(self, prompt: str) -> int:
        """How many words of the prompt mean this question."""
        asked = {word.lower() for word in _WORD.findall(prompt)}
        return len(asked & self.words)


_ASKED: Final = {
    "itinerary": (
        "A structured answer",
        "Plan two slow days in Porto for two vegetarians, with a budget.",
        "plan trip travel travelling itinerary days day weekend holiday visit porto city tour stops budget slow "
        "vegetarian vegetarians museum restaurant sights schedule",
    ),
    "tool-calls": (
        "Two tool calls at once",
        "Find us second-class trains from Lisbon to Porto on 13 May, and a hotel for three nights.",
        "find search book train trains hotel hotels room rooms nights lisbon ticket tickets rail class flight flights "
        "tool tools call calls",
    ),
    "invalid": (
        "A value that breaks the rules",
        "Review the folding travel kettle, with one to five stars.",
        "review rate rating stars star kettle product opinion verdict pros cons invalid wrong rules",
    ),
    "cut-off": (
        "An answer cut off",
        "Why was the checkout slow this morning? Write the incident report.",
        "why incident report outage checkout slow morning cause root alerts failure postmortem cut limit truncated",
    ),
    "overloaded": (
        "A provider that breaks off",
        "Order the usual coffee and filters for Café Âncora.",
        "order buy purchase coffee filters beans café cafe ancora âncora usual deliver overloaded error",
    ),
}


def _question(recording: Recording) -> Question:
    title, prompt, words = _ASKED[recording.name]
    return Question(recording, title, prompt, frozenset(words.split()))


QUESTIONS: Final = tuple(_question(recording) for recording in RECORDINGS)
"""One for each recording, in their order."""


def question_named(name: str) -> Question | None:
    """The question whose recording has this name."""
    return next((question for question in QUESTIONS if question.name == name), None)


def catalogue() -> list[dict[str, str]]:
    """The questions as a page shows them."""
    return [
        {
            "name": question.name,
            "title": question.title,
            "prompt": question.prompt,
            "story": question.recording.story,
            "api": question.recording.provider,
        }
        for question in QUESTIONS
    ]


def choose(prompt: str) -> tuple[Question, bool]:
    """The question that a prompt means, by its words, and whether any word said so; the first one if none did."""
    for question in QUESTIONS:
        if question.prompt == prompt:
            return question, True
    best = max(QUESTIONS, key=lambda question: question.score(prompt))
    return best, best.score(prompt) > 0
