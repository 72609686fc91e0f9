"""What the tests share: a model of the parser, ways to cut a text, things to cut.

Importing it also sets how hypothesis runs here: without deadlines, because two builds and slow machines run the same
tests, and with a number of examples that PARTIALJSON_EXAMPLES can raise for a long search.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "partialjson",
    deadline=None,
    max_examples=int(os.environ.get("PARTIALJSON_EXAMPLES", "60")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("partialjson")
