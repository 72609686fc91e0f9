"""What a run is begun with: a prompt, and the answer that a recording gives to it."""

from __future__ import annotations

from partialjson.web.answers import Answer, recorded
from partialjson.web.questions import Question, choose
from partialjson.web.run import Asked
from partialjson.web.tools import TOOLS

__all__ = ["about", "of_recording"]


def of_recording(prompt: str, question: Question | None = None, speed: float = 1.0) -> Asked:
    """The recorded answer to a question; without one, to the question that the words of the prompt mean. Where that is
    no answer to what was typed, its note says so."""
    note = ""
    if question is None:
        question, fits = choose(prompt)
        said = "chosen by the words of the prompt" if fits else "no recording fits the prompt, so this is the first"
        note = f"Not an answer to what you typed: {said}." if prompt != question.prompt else ""
    elif prompt != question.prompt:
        note = "Not an answer to what you typed."
    return about(prompt, question, recorded(question, speed, note))


def about(prompt: str, question: Question | None, answer: Answer) -> Asked:
    """The answer, to be read in the types of the question."""
    if question is None:
        return Asked(prompt, answer)
    return Asked(prompt, answer, question.output, question.tools, TOOLS)
