"""The words of `manage.py simulate`: how large, how lively, which trace; the same for all of its processes.

Before: somebody typed them. After: made_up.py or trace.py, and world.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser

from orchestra.simulation import trace
from orchestra.simulation.made_up import MadeUp, made_up
from orchestra.simulation.world import Trials

HOSTS: Final = 100
CONTAINERS: Final = 1_000
MOST_HOSTS: Final = 5_000
MOST_CONTAINERS: Final = 200_000
NAMES: Final = ("hosts", "containers", "churn", "failures", "load", "trace")


def add_words(parser: CommandParser) -> None:
    parser.add_argument("--hosts", type=int, help=f"how many hosts (default {HOSTS}; with --trace all of its)")
    parser.add_argument("--containers", type=int, help=f"how many containers (default {CONTAINERS}; of a trace all)")
    parser.add_argument("--churn", default="0", metavar="N/s", help="programs that end by themselves, a second")
    parser.add_argument("--failures", default="0", metavar="N/min", help="hosts that fail, and come back, a minute")
    parser.add_argument("--load", choices=("day", "flat"), default="day", help="what containers use: a day in 10 min")
    parser.add_argument("--trace", type=Path, metavar="FOLDER", help="play nodes and requests of the trace openb")


def made_up_by(options: Mapping[str, Any]) -> MadeUp:
    """What there shall be; CommandError where the words make no sense."""
    hosts, containers, folder = options["hosts"], options["containers"], options["trace"]
    for name, value, most in (("hosts", hosts, MOST_HOSTS), ("containers", containers, MOST_CONTAINERS)):
        if value is not None and not 1 <= value <= most:
            raise CommandError(f"--{name} takes 1 to {most}, not {value}")
    if folder is None:
        return made_up(hosts or HOSTS, containers or CONTAINERS)
    try:
        return trace.played(folder, hosts=hosts, containers=containers)
    except (OSError, ValueError, KeyError) as error:
        words = f"--trace takes a folder with {trace.NODES} and {trace.DEFAULT}; {folder} cannot be read: {error}"
        raise CommandError(words) from error


def trials_by(options: Mapping[str, Any]) -> Trials:
    return Trials(
        churn_per_s=_rate(options["churn"], "churn", "/s"),
        failures_per_min=_rate(options["failures"], "failures", "/min"),
        load=options["load"],
    )


def _rate(text: str, name: str, unit: str) -> float:
    try:
        found = float(text.removesuffix(unit))
    except ValueError:
        found = -1.0
    if not 0 <= found <= 10_000:
        raise CommandError(f"--{name} takes a number such as 5 or 5{unit}, not {text!r}")
    return found


def said_again(options: Mapping[str, Any]) -> list[str]:
    """The same words for another process."""
    return [word for name in NAMES if options[name] is not None for word in (f"--{name}", str(options[name]))]
