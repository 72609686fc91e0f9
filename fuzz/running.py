"""How a fuzzer runs: under atheris, or by itself as a smoke run of seeds and mutations.

A fuzzer is a module with a ``check`` that raises for a finding; everything it draws comes from a generator seeded by
the input, so a finding is repeated by its file alone. ``run`` is its command line. Importing this module puts the
folder of the tests on the path, for ``support``.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import partialjson
from partialjson import _core
from support.accidents import mutated

SEEDS = Path(__file__).parent / "seeds"

Check = Callable[[bytes], None]


def shared_seeds() -> list[bytes]:
    """The documents in ``seeds``."""
    return [path.read_bytes() for path in sorted(SEEDS.iterdir())]


def core_modules() -> list[ModuleType]:
    """The sources of the core; none where it is compiled, since there are no branches to see in it."""
    if partialjson.compiled:
        return []
    return [
        importlib.import_module(f"partialjson._core.{found.name}") for found in pkgutil.iter_modules(_core.__path__)
    ]


def smoke(check: Check, seeds: list[bytes], count: int, seed: int) -> int:
    """Replay the seeds and `count` mutations; the same ones every time. Gives how many inputs were checked."""
    source = random.Random(seed)
    corpus = list(seeds)
    for data in seeds:
        check(data)
    for _ in range(count):
        data = mutated(source.choice(corpus), seeds, source)
        try:
            check(data)
        except BaseException:
            print(f"found by: {data!r}", file=sys.stderr)
            raise
        # Mutations of mutations, from a pool that does not grow for ever.
        if source.randrange(4) == 0:
            if len(corpus) < 500:
                corpus.append(data)
            else:
                corpus[source.randrange(len(seeds), 500)] = data
    return len(seeds) + count


def run(
    description: str,
    what: str,
    check: Check,
    seeds: Callable[[], list[bytes]],
    smoke: Callable[[int, int], int],
    count: int,
    modules: Iterable[ModuleType] = (),
    functions: Iterable[Any] = (),
) -> None:
    """The command line of a fuzzer.

    Args:
        description: for ``--help``.
        what: what is checked, in the plural: "documents".
        check: raises for a finding.
        seeds: the inputs to begin with.
        smoke: a smoke run of so many mutations with a seed; gives how many inputs were checked.
        count: how many mutations it makes unless told otherwise.
        modules, functions: of what atheris is to see the branches.
    """
    options = argparse.ArgumentParser(description=f"{description} Other arguments go to libFuzzer.")
    options.add_argument("--smoke", action="store_true", help="replay and mutate the seeds, without atheris")
    options.add_argument("--count", type=int, default=count, help="mutations in a smoke run")
    options.add_argument("--seed", type=int, default=0, help="another run of mutations")
    known, rest = options.parse_known_args()
    build = "compiled" if partialjson.compiled else "interpreted"
    if known.smoke:
        start = time.perf_counter()
        checked = smoke(known.count, known.seed)
        print(f"{checked} {what}, {build} core, no findings, {time.perf_counter() - start:.1f} s")
        return
    atheris: Any = importlib.import_module("atheris")
    for function in (*functions, *(each for module in modules for each in _functions_of(module))):
        atheris.instrument_func(function)
    if all(argument.startswith("-") for argument in rest):
        rest = [*rest, tempfile.mkdtemp(prefix="partialjson-fuzz-")]
    folder = Path(tempfile.mkdtemp(prefix="partialjson-seeds-"))
    for number, data in enumerate(seeds()):
        (folder / str(number)).write_bytes(data)
    print(f"core: {build}", file=sys.stderr)
    atheris.Setup([sys.argv[0], *rest, str(folder)], check)
    atheris.Fuzz()


def _functions_of(module: ModuleType) -> Iterable[Any]:
    for thing in vars(module).values():
        if getattr(thing, "__module__", None) != module.__name__:
            continue
        members = list(vars(thing).values()) if inspect.isclass(thing) else [thing]
        for member in members:
            function = getattr(member, "fget", member)
            if inspect.isfunction(function):
                yield function
