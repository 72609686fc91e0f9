"""What depends on the version of a dependency."""

import pytest
from pydantic import VERSION

# Before pydantic 2.14 named tuples and deques have no schema of their own, and are atomic; and where extra keys are
# forbidden, the name of an aliased field is let pass, and a key that comes twice is told twice.
PYDANTIC_2_14 = tuple(map(int, VERSION.split(".")[:2])) >= (2, 14)
since_2_14 = pytest.mark.skipif(not PYDANTIC_2_14, reason="told otherwise by pydantic before 2.14")
