"""The corpus lies outside the project; the environment variable PARTIALJSON_CORPUS says where.

Nothing is copied from it. A test that needs a folder asks `corpus_folder` for it and is skipped, with a sentence
that says what to do, where the variable is not set. A variable that is set and wrong is a failure, not a skip:
a whole conformance suite must not vanish because of a typing error.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "PARTIALJSON_CORPUS"

API_OF_FOLDER = {
    "anthropic-messages": "anthropic-messages",
    "cohere-chat_v2": "cohere",
    "gemini-generateContent": "gemini",
    "gemini-interactions": "gemini-interactions",
    "ollama": "ollama",
    "openai-chat": "openai-chat",
    "openai-completions": "openai-completions",
    "openai-responses": "openai-responses",
}
"""The folders of recorded streams, and the names of their APIs here."""


def corpus_root() -> Path | None:
    """The folder the environment names, or None where it names none."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else None


def corpus_folder(*parts: str) -> Path:
    """A folder of the corpus; skips the calling test where there is no corpus."""
    root = corpus_root()
    if root is None:
        pytest.skip(f"{VARIABLE} is not set: point it at the corpus folder to run this test")
    folder = root.joinpath(*parts)
    if not folder.is_dir():
        pytest.fail(f"{VARIABLE}={root} has no folder {'/'.join(parts)}")
    return folder


def corpus_files(*parts: str, pattern: str = "*") -> list[Path]:
    """The files of a corpus folder, sorted; empty where there is no corpus, so that parametrising never fails."""
    root = corpus_root()
    if root is None:
        return []
    return sorted(path for path in root.joinpath(*parts).glob(pattern) if path.is_file())
