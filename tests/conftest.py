"""What every test runs under.

Hypothesis has no deadlines, because two builds and slow machines run the same tests. Asserts of the shared helpers
explain themselves as those of tests do.
"""

from __future__ import annotations

import gc

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("support")

from support.effort import EXAMPLES  # noqa: E402

settings.register_profile(
    "partialjson", deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("partialjson")


def pytest_collection_finish() -> None:
    """Thousands of collected tests and their modules stay: no collection of garbage needs to look at them again."""
    gc.collect()
    gc.freeze()
