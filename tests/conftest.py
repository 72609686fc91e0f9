"""What every test runs under, and in which order.

Hypothesis has no deadlines, because two builds and slow machines run the same tests. Asserts of the shared helpers
explain themselves as those of tests do.
"""

from __future__ import annotations

import gc
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("support")

from support.effort import EXAMPLES, LONG  # noqa: E402 - what is imported before cannot be rewritten

# The same examples in every run, so that a run fails only for what was changed; `PARTIALJSON_TESTS=long` and the
# fuzzers look for new ones.
settings.register_profile(
    "partialjson",
    deadline=None,
    max_examples=EXAMPLES,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("partialjson")

# The interpreter's own thresholds (700, 10, 10) are for small heaps: collecting garbage took two fifths of all time.
gc.set_threshold(5_000, 10, 20)

LONG_ONES = (
    "test_smoke_run",
    "test_pyright",
    "test_mypy_strict",
    "test_fuzzing_smoke",
    "test_nothing_is_left_when_all_have_ended",
    "test_what_an_open_stream_holds_is_bounded_by_what_came",
    "test_every_cut_of_a_body",
    "test_every_cut_of_recorded_streams",
    "test_memory_is_that_of_one_element",
    "test_laws_hold_for_long_arrays",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of seconds come first, so that no worker is left alone with one in the end.

    Raises:
        pytest.UsageError: a name has an address, so that two workers do not have the same tests.
    """
    named = next((item.nodeid for item in items if " at 0x" in item.nodeid), "")
    if named:
        raise pytest.UsageError(f"the name of a test has an address; give it ids: {named}")
    items.sort(key=lambda item: getattr(item, "originalname", "") not in LONG_ONES)


def pytest_collection_finish() -> None:
    """Thousands of collected tests and their modules stay: no collection of garbage needs to look at them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _what_earlier_tests_left_is_not_looked_at() -> None:
    """Reports, classes and caches of the tests so far stay, too. Many tests collect garbage to count what is left: each
    of these collections would look through a million objects."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Idle workers take over tests from busy ones, also where `--dist` was not given."""
    from xdist.scheduler import WorkStealingScheduling  # type: ignore[import-untyped, unused-ignore]

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None
