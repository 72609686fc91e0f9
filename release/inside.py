"""What is asked of an installed wheel, in its own process: ``python -I inside.py QUESTION`` prints the answer as JSON.

Run with -I, it sees what is installed and nothing else. Imports stand where what they cost or load is looked at.
"""

from __future__ import annotations

import importlib
import json
import sys
import time


def cost() -> float:
    """Seconds of the processor for the import, beyond the interpreter that runs already."""
    began = time.process_time()
    importlib.import_module("partialjson")
    return time.process_time() - began


def facts() -> dict[str, object]:
    """Where the package lies, which core runs, and when pydantic came."""
    import partialjson

    loaded = {"import": _has_pydantic()}
    parser = partialjson.Parser()
    parser.feed('{"a": [1')
    parser.feed("]}")
    parser.close()
    loaded["untyped"] = _has_pydantic()
    partialjson.Parser(list[int]).feed("[1, 2")
    loaded["typed"] = _has_pydantic()
    return {"file": partialjson.__file__, "compiled": partialjson.compiled, "pydantic": loaded}


def _has_pydantic() -> bool:
    return any(name.partition(".")[0] in ("pydantic", "pydantic_core") for name in sys.modules)


def runtime() -> dict[str, object]:
    """Pyodide and the wheels of what the library needs there, fetched where they are not yet."""
    from partialjson.web.static.fetching import cache_folder, fetch
    from partialjson.web.static.runtime import PYTHON

    package, wheels = fetch(cache_folder(), lambda line: print(f"   {line}", file=sys.stderr, flush=True))
    return {"package": str(package), "wheels": [str(wheel) for wheel in wheels], "python": PYTHON}


if __name__ == "__main__":
    print(json.dumps({"cost": cost, "facts": facts, "runtime": runtime}[sys.argv[1]]()))
