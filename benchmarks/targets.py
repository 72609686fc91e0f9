"""What the project promises about speed, growth and memory, and how each promise is judged from the results.

All are judged with the garbage collector off, by medians of rounds in which every contestant ran. A promise that
cannot be judged, because a workload or a peer was left out, is shown without a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.contestants import ALL, BASELINES, providers
from benchmarks.measure import fit_exponent

OURS = "partialjson"
DEFAULT = "partialjson, default"
STREAM = "partialjson, stream()"
INTERPRETED = "partialjson, interpreted"
UNTYPED = "partialjson without a target"
TYPED_BASELINE = "model_validate_json"

PURE = frozenset(contestant.name for contestant in ALL if contestant.pure and not contestant.name.startswith(OURS))

FLAT = 1.5
"""Cost at the larger size over cost at the smaller one, up to which a cost is called flat."""


@dataclass(frozen=True)
class Verdict:
    """One promise beside what was measured."""

    area: str
    promise: str
    bound: float
    measured: float | None
    at_most: bool = True
    detail: str = ""

    @property
    def met(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound


class Reader:
    """Medians out of the results."""

    def __init__(self, results: dict[str, Any]) -> None:
        self._workloads: dict[str, Any] = results["workloads"]
        self._memory: dict[str, Any] = results["memory"]
        self._documents: dict[str, Any] = results["documents"]
        self._cold: dict[str, list[float]] = results["cold"]

    def names(self, group: str) -> list[str]:
        return [name for name, workload in self._workloads.items() if workload["group"] == group]

    def peers(self, name: str) -> list[str]:
        """Everybody timed on a workload but this project and the baseline."""
        entries = self._workloads.get(name, {}).get("entries", {})
        return [peer for peer in entries if not peer.startswith(OURS) and peer not in BASELINES]

    def seconds(self, name: str, contestant: str) -> float | None:
        entry = self._workloads.get(name, {}).get("entries", {}).get(contestant)
        return None if entry is None or "off" not in entry else float(entry["off"]["median"])

    def per_chunk(self, name: str, contestant: str) -> float | None:
        seconds = self.seconds(name, contestant)
        return None if seconds is None else seconds / int(self._workloads[name]["chunks"])

    def ratio(self, name: str, contestant: str) -> float | None:
        """Times the baseline of the workload."""
        entry = self._workloads.get(name, {}).get("entries", {}).get(contestant)
        return None if entry is None or "off" not in entry else entry["off"]["ratio"]

    def times(self, name: str, peer: str, ours: str = OURS) -> float | None:
        """How many times as long the peer takes."""
        slow, fast = self.seconds(name, peer), self.seconds(name, ours)
        return None if slow is None or fast is None else slow / fast

    def growth(self, small: str, large: str, contestant: str) -> float | None:
        """The price of a chunk of the larger workload over that of the smaller."""
        before, after = self.per_chunk(small, contestant), self.per_chunk(large, contestant)
        return None if before is None or after is None else after / before

    def worst(
        self, names: Iterable[str], ours: str, wanted: Callable[[str], bool] = lambda peer: True
    ) -> tuple[float | None, str]:
        """The smallest lead over any wanted peer in any of the workloads, and where that is."""
        found: list[tuple[float, str]] = []
        for name in names:
            for peer in self.peers(name):
                lead = self.times(name, peer, ours)
                if lead is not None and wanted(peer):
                    found.append((lead, f"{peer} at {name.split('/', 1)[1]}"))
        return min(found) if found else (None, "")

    def exponent(self, kind: str, contestant: str) -> float | None:
        """The exponent of cost against size over the scaling run."""
        points: list[tuple[float, float]] = []
        for name in self.names("scaling"):
            if name.startswith(f"scaling/{kind}/"):
                seconds = self.seconds(name, contestant)
                if seconds is not None:
                    points.append((float(self._workloads[name]["characters"]), seconds))
        return fit_exponent(points) if len(points) >= 3 else None

    def memory(self, label: str, contestant: str = OURS) -> float | None:
        """State over what ``json.loads`` of the same text holds, by Python's allocators."""
        held = self._memory.get(label, {})
        if contestant not in held or "json.loads" not in held:
            return None
        return float(held[contestant]["traced"] / held["json.loads"]["traced"])

    def cold(self, name: str) -> float | None:
        """The seconds of a cold start."""
        return min(self._cold[name]) if name in self._cold else None

    def cold_times(self, name: str, other: str) -> float | None:
        """How many times as long as another start."""
        seconds, base = self.cold(name), self.cold(other)
        return None if seconds is None or base is None else seconds / base

    def documents(self, contestant: str = OURS) -> dict[str, int] | None:
        return self._documents.get(contestant)


def judge(results: dict[str, Any]) -> list[Verdict]:
    """Every promise, in the order of the report."""
    reader = Reader(results)
    areas = (_partial, _stream, _growth, _bulk, _typed, _provider, _cold, _interpreted, _state)
    return [verdict for area in areas for verdict in area(reader)]


def _partial(reader: Reader) -> list[Verdict]:
    area = "partial value after every 4 characters"
    found = []
    for mode, bound in (("dropped", 4.0), ("held", 10.0)):
        for label in ("4 KB", "146 KB"):
            measured = reader.ratio(f"partial/{label}/{mode}", OURS)
            found.append(Verdict(area, f"{label}, {mode}: times json.loads of the whole", bound, measured))
    for mode in ("dropped", "held"):
        names = [name for name in reader.names("partial") if name.endswith(f"/{mode}")]
        lead, where = reader.worst(names, OURS)
        found.append(Verdict(area, f"{mode}: ahead of every peer at every size, least lead", 1.0, lead, False, where))
        lead, where = reader.worst(names, OURS, lambda peer: peer == "streaming-json-parser, native")
        promise = f"{mode}: ahead of streaming-json-parser native, least lead"
        found.append(Verdict(area, promise, 4.0, lead, False, where))
    for label, bound in (("300 B", 4.0), ("4 KB", 50.0), ("146 KB", 1000.0)):
        lead = reader.times(f"partial/{label}/dropped", "jiter, re-parse")
        found.append(Verdict(area, f"{label}, dropped: ahead of jiter re-parse", bound, lead, False))
    return found


def _stream(reader: Reader) -> list[Verdict]:
    area = "stream()"
    found = []
    # A microsecond a chunk where the parser alone takes 0.29 without a model and 0.5 with one.
    for name, label, bound in (("partial/4 KB", "no target", 3.5), ("typed/4 KB", "a model", 2.0)):
        lead = reader.times(f"{name}/dropped", STREAM, DEFAULT)
        promise = f"4 KB, {label}: a chunk over feed and value of the same parser"
        found.append(Verdict(area, promise, bound, lead))
    return found


def _growth(reader: Reader) -> list[Verdict]:
    area = "growth"
    found = []
    for mode, what in (("deltas", "deltas only"), ("dropped", "values dropped")):
        measured = reader.growth(f"text/20 KB/{mode}", f"text/1 MB/{mode}", OURS)
        found.append(Verdict(area, f"one string, {what}: a chunk at 1 MB over one at 20 KB", FLAT, measured))
    for kind in ("list", "object"):
        measured = reader.growth(f"wide/{kind}/10", f"wide/{kind}/100000", OURS)
        found.append(Verdict(area, f"open {kind}, dropped: a chunk at width 100,000 over one at 10", FLAT, measured))
    for kind in ("list of objects", "one string"):
        found.append(Verdict(area, f"{kind}: exponent of cost against size", 1.1, reader.exponent(kind, OURS)))
    return found


BULK_BOUNDS = {
    "objects": 1.05,
    "integers": 1.05,
    "short floats": 1.05,
    "strings of 300": 1.3,
    "strings of 4500": 1.3,
    "raw unicode": 1.1,
    "escapes": 1.7,
}


def _bulk(reader: Reader) -> list[Verdict]:
    area = "bulk, 10 MB in chunks of 64 KiB"
    found = []
    for label, bound in BULK_BOUNDS.items():
        measured = reader.ratio(f"bulk/{label}", OURS)
        found.append(Verdict(area, f"{label}, no events: times json.loads", bound, measured))
    items = "ijson C, items"
    for name in reader.names("bulk"):
        label = name.split("/", 1)[1]
        bound = 1.0 if label in ("strings of 4500", "escapes") else 2.0
        lead = reader.times(name, items)
        found.append(Verdict(area, f"{label}, no events: ahead of ijson's C items", bound, lead, False))
    for name in reader.names("bulk"):
        lead = reader.times(name, items, DEFAULT)
        promise = f"{name.split('/', 1)[1]}, every completion: ahead of ijson's C items"
        found.append(Verdict(area, promise, 1.0, lead, False))
    return found


def _typed(reader: Reader) -> list[Verdict]:
    area = "validated partial object after every 4 characters"
    found = []
    peers = (("pydantic, TypedDict with allow_partial", 8.0, 300.0), ("instructor, Partial", 50.0, 5000.0))
    for peer, small, large in peers:
        for label, bound in (("4 KB", small), ("146 KB", large)):
            lead = reader.times(f"typed/{label}/dropped", peer)
            found.append(Verdict(area, f"{label}: ahead of {peer}", bound, lead, False))
    measured = reader.growth("typed/4 KB/dropped", "typed/146 KB/dropped", OURS)
    found.append(Verdict(area, "a chunk at 146 KB over one at 4 KB", FLAT, measured))
    for label in ("4 KB", "146 KB"):
        name = f"typed/{label}/feed"
        total, plain = reader.seconds(name, OURS), reader.seconds(name, UNTYPED)
        once = reader.seconds(name, TYPED_BASELINE)
        share = None
        if total is not None and plain is not None and once is not None:
            share = (total - plain) / once
        promise = f"{label}, no snapshots: what is above untyped feeding, times one-shot validation"
        found.append(Verdict(area, promise, 4.0, share))
    return found


def _provider(reader: Reader) -> list[Verdict]:
    area = "provider"
    message, sdk = providers.Message.name, providers.MessageOfSdk.name
    found = []
    names = {name: name.split("/", 1)[1] for name in reader.names("provider")}
    for name, api in names.items():
        promise = f"{api}, bytes to typed values: times json.loads of the events' data"
        found.append(Verdict(area, promise, 4.0, reader.ratio(name, message)))
    for name, api in names.items():
        total, bare = reader.seconds(name, sdk), reader.seconds(name, providers.BareSdk.name)
        once = reader.seconds(name, providers.EventData.name)
        above = None if total is None or bare is None or once is None else (total - bare) / once
        promise = f"{api}, the SDK's events: what is above the bare SDK, times json.loads of the events' data"
        found.append(Verdict(area, promise, 10.0, above))
    for name, api in names.items():
        share = reader.times(name, providers.MessageTimed.name, message)
        found.append(Verdict(area, f"{api}, with timings=: times the same without", 1.2, share))
    for name, api in names.items():
        seconds = reader.seconds(name, message)
        rate = None if seconds is None else 1 / seconds
        found.append(Verdict(area, f"{api}: streams of 24 KB a second and core", 500.0, rate, False))
    return found


def _cold(reader: Reader) -> list[Verdict]:
    area = "cold start"
    first = "import pydantic, a model, first validation"
    rows = (
        ("import partialjson", "import pydantic", 0.5),
        ("import partialjson, first untyped parse", "import pydantic", 0.5),
        ("import partialjson, a model, first typed parse", first, 1.5),
    )
    return [
        Verdict(area, f"{name}: times {other}", bound, reader.cold_times(name, other)) for name, other, bound in rows
    ]


def _interpreted(reader: Reader) -> list[Verdict]:
    area = "interpreted"
    names = [name for group in ("partial", "text", "wide", "bulk") for name in reader.names(group)]
    lead, where = reader.worst(names, INTERPRETED, lambda peer: peer in PURE)
    found = [Verdict(area, "ahead of every pure Python peer everywhere, least lead", 1.0, lead, False, where)]
    measured = reader.ratio("bulk/objects", INTERPRETED)
    found.append(Verdict(area, "bulk, uniform rows: times json.loads", 1.3, measured))
    exponent = reader.exponent("one string", INTERPRETED)
    found.append(Verdict(area, "one string: exponent of cost against size", 1.1, exponent))
    return found


def _state(reader: Reader) -> list[Verdict]:
    area = "memory"
    found = []
    for label in ("objects", "integers", "strings of 300", "raw unicode"):
        found.append(Verdict(area, f"{label}: state over what json.loads holds", 1.1, reader.memory(label)))
    measured = reader.memory("one growing string")
    # The string and as much again for its growth.
    found.append(Verdict(area, "one growing string: state over what json.loads holds", 2.1, measured))
    growth = reader.documents()
    per_document = None if growth is None else growth["blocks"] / growth["documents"]
    promise = "blocks kept for each document read and closed"
    found.append(Verdict(area, promise, 0.001, per_document))
    return found
