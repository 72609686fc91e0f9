"""A search by hypothesis for the smallest input that breaks a law, inside of a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from partialjson.testing.broken import Broken
from partialjson.testing.drawing import HealthCheck, Phase, given, st
from partialjson.testing.drawing import settings as Settings

__all__ = ["search"]


def search(check: Callable[[Any], None], inputs: st.SearchStrategy[Any], settings: Settings | None = None) -> None:
    """Check inputs that are drawn. What is raised is the error of the smallest that was found.

    Args:
        settings: how many are drawn, and so on; those in force if not given, without a deadline or a database.
    """
    if settings is None:
        settings = Settings(deadline=None, database=None, print_blob=False)
        checks = [HealthCheck.too_slow, HealthCheck.nested_given]
        # Not to explain: that is many runs more, for a note that is not shown.
        phases = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
        settings = Settings(settings, suppress_health_check=checks, phases=phases)
    settings = Settings(settings, report_multiple_bugs=False)

    @settings
    @given(inputs)
    def drawn(text: Any) -> None:
        check(text)

    try:
        drawn()
    except Broken as broken:
        # Hypothesis notes how its own function was called, which nobody can repeat; the error says what can.
        if hasattr(broken, "__notes__"):
            del broken.__notes__
        raise
