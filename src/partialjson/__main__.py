"""``python -m partialjson`` is the ``partialjson`` command."""

import sys

from partialjson.cli import main

sys.exit(main())
