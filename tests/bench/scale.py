"""Figures of a large fleet: the real web process and Chromium before 1,000 hosts and 20,000 containers.

    python -m tests.bench.scale [--hosts 1000] [--containers 20000] [--only "filter and sort"] [--out DIR]

Writes scale.json and scale.txt, each figure with its target, and pictures of the pages. Nothing is judged here but
in words; what the console does at this size is tested by tests/whole/test_scale.py.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.watchers import Watchers, time_snapshot
from tests.large_fleet.stage import Stage

MEBIBYTE = 1024**2
MEASURE_S = 20
TARGETS = (
    ("nobody watched before", "clock_ms", 2_000),
    ("navigation to painted", "worst", 2_000),
    ("to painted rows", "p95", 50),
    ("main thread busy", "percent", 20),
)
"""Which number of which figure has a target; the first that fits counts."""


@dataclass(frozen=True)
class Figure:
    """What was measured: numbers with their names, and the target of one of them."""

    name: str
    numbers: dict[str, float]
    target: str = ""
    is_met: bool | None = None

    def line(self) -> str:
        shown = ", ".join(f"{name} {value:g}" for name, value in self.numbers.items())
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        return f"{self.name:<74} {shown:<62} {self.target:<16} {verdict}".rstrip()


def judged(name: str, numbers: dict[str, float]) -> Figure:
    for words, number, most in TARGETS:
        if words in name and number in numbers:
            return Figure(name, numbers, f"{number} <= {most:g}", numbers[number] <= most)
    return Figure(name, numbers)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=1_000)
    parser.add_argument("--containers", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=Path("var-test/bench"))
    parser.add_argument("--profiles", type=Path, default=None, help="keep Chromium's CPU profiles here")
    parser.add_argument("--quick", action="store_true", help="shorter measurements, for those who look for a cause")
    parser.add_argument("--only", help="one of the browser's measurements, by its name in figures.spec.ts, alone")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with staged(asked.hosts, asked.containers) as stage:
        if asked.only:
            figures = one_figure(stage, asked)
        else:
            seconds = 6 if asked.quick else MEASURE_S
            figures = [*server_figures(stage, seconds=seconds), *console_figures(stage, asked)]
        keep(figures, stage, asked)


@contextmanager
def staged(hosts: int, containers: int) -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="orchestra-scale-", dir="/tmp") as folder:
        stage = Stage(Path(folder) / "var", hosts=hosts, containers=containers)
        try:
            stage.start()
            yield stage
        finally:
            stage.stop()


def server_figures(stage: Stage, *, seconds: float) -> list[Figure]:
    """What the web process costs by how many watch it, and how long the first snapshot takes."""
    installation = stage.installation
    url, token = f"ws://127.0.0.1:{installation.port}/ws/live", installation.token
    found = []
    for words in ("nobody watched before", "somebody watches"):
        numbers = time_snapshot(url, token)
        found.append(Figure(f"web: first snapshot, {words} (server alone)", numbers))
    for clients in (0, 1, 20):
        with Watchers(url, token, clients) as watchers:
            time.sleep(3)
            cpu_s, came_bytes, began_s = cpu_of(stage.web_pid()), watchers.received_bytes, time.monotonic()
            time.sleep(seconds)
            took_s = time.monotonic() - began_s
            numbers = {
                "cpu_percent": round((cpu_of(stage.web_pid()) - cpu_s) / took_s * 100, 1),
                "resident_mib": round(resident_bytes(stage.web_pid()) / MEBIBYTE, 1),
                "kib_per_s_each": round((watchers.received_bytes - came_bytes) / took_s / 1024 / max(clients, 1), 1),
            }
        found.append(Figure(f"web: {clients} watching", numbers))
    return found


def console_figures(stage: Stage, asked: argparse.Namespace) -> list[Figure]:
    more = wishes(asked)
    report(stage.play("figures", **more))
    stage.start_writer("--everything")
    report(stage.play("figures", "--grep=busy", ORCHESTRA_LOAD=", every measurement different", **more))
    found = written(stage)
    stage.start_writer()
    report(stage.play("scale", ORCHESTRA_HOLD_S="12"))
    return found


def one_figure(stage: Stage, asked: argparse.Namespace) -> list[Figure]:
    """For those who look for the cause of one figure: it alone, in a fraction of the time."""
    report(stage.play("figures", f"--grep={asked.only}", **wishes(asked)))
    return written(stage)


def wishes(asked: argparse.Namespace) -> dict[str, str]:
    """What the browser's measurements are told by their environment."""
    more = {"ORCHESTRA_BUSY_S": "8"} if asked.quick else {}
    if asked.profiles:
        asked.profiles.mkdir(parents=True, exist_ok=True)
        more["ORCHESTRA_PROFILES"] = str(asked.profiles.absolute())
    return more


def written(stage: Stage) -> list[Figure]:
    lines = [json.loads(line) for line in (stage.folder / "figures.jsonl").read_text().splitlines()]
    return [judged(line.pop("name"), line) for line in lines]


def report(done: subprocess.CompletedProcess[str]) -> None:
    """Say what the browser's tests said; what failed has no figure."""
    sys.stdout.write(done.stdout)
    sys.stdout.flush()


def keep(figures: list[Figure], stage: Stage, asked: argparse.Namespace) -> None:
    head = (
        f"{asked.hosts:,} hosts, {asked.containers:,} containers, 100 changes/s; every host measured every 10 s.\n"
        f"{os.cpu_count()} cores of {platform.processor() or platform.machine()} for database, web process, writer and"
        f" browser together; load average {os.getloadavg()[0]:.1f}.\n"
        "Times in ms; cpu: the main thread's own, whatever else ran; busy in per cent of one core."
    )
    text = "\n".join([head, "", *(figure.line() for figure in figures), ""])
    (asked.out / "scale.txt").write_text(text)
    (asked.out / "scale.json").write_text(json.dumps([asdict(figure) for figure in figures], indent=1))
    for picture in stage.folder.glob("*.png"):
        shutil.copy(picture, asked.out / picture.name)
    sys.stdout.write(text)


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
