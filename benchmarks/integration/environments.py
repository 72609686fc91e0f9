"""An environment for each library and each end of its versions, with this project in it.

The project is built once, as a wheel, and again when its sources have changed; or its sources are used in place. Needs
the standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environment import copy_sources, fingerprint, interpreter, say

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """What is installed for a library.

    Attributes:
        newest, oldest: requirements; the first is the library itself.
        programs: the benchmark's programs that run there.
        suite: the test files of its source distribution that are about what is replaced.
        needs: what these tests need besides.
        demands: tests that cannot pass when numbers are shown whole, since they want half of one.
    """

    newest: tuple[str, ...]
    oldest: tuple[str, ...]
    programs: tuple[str, ...]
    suite: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()


TESTING = ("pytest>=8", "hypothesis>=6.100", "pytest-asyncio")

ENVIRONMENTS: dict[str, Environment] = {
    "langchain": Environment(
        ("langchain-core<2", "langchain-openai"),
        ("langchain-core==1.0.0",),
        ("langchain_calls", "langchain_json"),
        suite=("tests/unit_tests/output_parsers", "tests/unit_tests/messages", "tests/unit_tests/test_messages.py"),
        needs=(
            "langchain-tests",
            "syrupy",
            "pytest-mock",
            "freezegun",
            "responses",
            "blockbuster",
            "numpy",
            "pytest-socket",
            "grandalf",
        ),
        demands=(
            "test_parse_partial_json[json_strings11]",
            "test_partial_text_json_output_parser_with_json_code_block",
        ),
    ),
    "pydantic-ai": Environment(("pydantic-ai-slim[openai]<3",), ("pydantic-ai-slim==2.0.0",), ("pydantic_ai",)),
    "llama-index": Environment(
        ("llama-index-core<0.15", "llama-index-llms-openai"), ("llama-index-core==0.14.0",), ("llama_index",)
    ),
    "marvin": Environment(
        # It makes an object of pydantic-ai in a way that later versions refuse.
        ("marvin<4", "pydantic-ai==1.80.0"),
        ("marvin==3.2.7", "pydantic-ai==1.80.0"),
        ("marvin",),
    ),
    "instructor": Environment(
        ("instructor<2",),
        ("instructor==1.16.0",),
        ("instructor",),
        suite=(
            "tests/dsl",
            "tests/coverage/test_dsl_partial_coverage.py",
            "tests/v2/test_openai_streaming.py",
            "tests/v2/test_iterable_streaming.py",
            "tests/test_streaming_reask_bug.py",
        ),
        needs=("python-dotenv", "pytest-examples", "jsonref", "anthropic"),
    ),
    "mirascope": Environment(
        ("mirascope[all]<3",),
        ("mirascope[all]==2.0.2",),
        ("mirascope",),
        suite=("tests/llm/formatting", "tests/llm/responses", "tests/llm/retries"),
        needs=("inline-snapshot", "vcrpy", "pytest-vcr", "python-dotenv"),
    ),
    "openai": Environment(
        ("openai<4",),
        ("openai==1.60.0",),
        ("openai",),
        suite=("tests/lib/chat", "tests/lib/test_streaming_deltas.py"),
        needs=("respx", "inline-snapshot", "pytest-xdist", "dirty-equals", "rich", "nest_asyncio", "aiohttp"),
    ),
    "anthropic": Environment(
        ("anthropic<3",),
        ("anthropic==1.0.0",),
        ("anthropic",),
        suite=("tests/lib/streaming", "tests/lib/_parse", "tests/lib/test_refusal_fallback_streaming.py"),
        needs=("respx", "inline-snapshot", "pytest-xdist", "dirty-equals", "http-snapshot"),
    ),
    "dspy": Environment(("dspy<4",), ("dspy==3.1.0",), ("dspy",)),
    # Those whose streams are read as they are.
    "litellm": Environment(("litellm<2",), ("litellm==1.77.0",), ()),
    "openai-agents": Environment(("openai-agents<1",), ("openai-agents==0.3.0",), ()),
    "claude-agent-sdk": Environment(("claude-agent-sdk<1",), ("claude-agent-sdk==0.1.0",), ()),
    "fastmcp": Environment(("fastmcp<5", "openai", "jsonschema"), ("fastmcp==2.12.0", "openai", "jsonschema"), ()),
}


def wheel(folder: Path) -> Path:
    """The project as a wheel; built anew if its sources have changed."""
    stamp = folder / "built.json"
    now = fingerprint()
    built = json.loads(stamp.read_text()) if stamp.exists() else {}
    if built.get("sources") == now and Path(built["wheel"]).exists():
        return Path(built["wheel"])
    say("building partialjson")
    builder = _made(folder / "build")
    with tempfile.TemporaryDirectory() as copy:
        copy_sources(Path(copy))
        _run([str(builder), "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder / "wheels"), copy])
    made = max((folder / "wheels").glob("partialjson_live-*.whl"), key=lambda path: path.stat().st_mtime)
    stamp.write_text(json.dumps({"sources": now, "wheel": str(made)}))
    return made


def prepare(folder: Path, library: str, oldest: bool, extra: tuple[str, ...], ours: Path | None) -> Path:
    """The interpreter of a library's environment. Raises SystemExit with pip's words if it cannot be made.

    ``ours`` is the wheel of this project; None to use its sources as they are, with the core that was compiled beside
    them, if it was.
    """
    environment = ENVIRONMENTS[library]
    wanted = [*(environment.oldest if oldest else environment.newest), "pydantic>=2.13", *extra]
    place = folder / f"{library}-{'oldest' if oldest else 'newest'}"
    python = _made(place)
    stamp = place / "installed.json"
    before = json.loads(stamp.read_text()) if stamp.exists() else {}
    if before.get("wanted") != wanted:
        say(f"installing {' '.join(wanted)}")
        _run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted])
    link = Path(_run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip())
    link /= "partialjson-sources.pth"
    now: list[str | float] = ["sources"] if ours is None else [str(ours), ours.stat().st_mtime]
    if ours is None:
        link.write_text(f"{ROOT / 'src'}\n")
    elif before.get("project") != now:
        link.unlink(missing_ok=True)
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
        _run([*command, "--force-reinstall", str(ours)])
    stamp.write_text(json.dumps({"wanted": wanted, "project": now}))
    return python


def version(python: Path, distribution: str) -> str:
    """Of something that is installed there."""
    code = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    return _run([str(python), "-c", code]).strip()


def clean(**more: str) -> dict[str, str]:
    """The environment variables without those that lead Python elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PARTIALJSON"))}
    return {**kept, **more}


def _made(place: Path) -> Path:
    python = interpreter(place)
    if not python.exists():
        venv.EnvBuilder(with_pip=True).create(place)
    return python


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean())
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout
