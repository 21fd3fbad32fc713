"""`python -m tests.large_fleet seed|churn`: fills the installation in ORCHESTRA_VAR, or changes it until it is ended.

Told what to do by files in a folder: while `pause` is there nothing is written, and `truth.json` says how many
containers there are in each state, as the rows say. `pace.json` says how many changes were made, and when.
"""

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=["seed", "churn"])
    parser.add_argument("--hosts", type=int, default=1_000)
    parser.add_argument("--containers", type=int, default=20_000)
    parser.add_argument("--everything", action="store_true", help="each measurement is different from the last")
    parser.add_argument("--control", type=Path, default=Path())
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestra.settings")
    import django

    django.setup()
    if asked.verb == "seed":
        from tests.large_fleet.seed import seed

        seed(hosts=asked.hosts, containers=asked.containers)
    else:
        churn(asked.control, everything=asked.everything)


def churn(control: Path, *, everything: bool) -> None:
    from tests.large_fleet.churn import Rate, Writer, keep_pace

    _spare_the_disk()
    writer = Writer(Rate(everything=everything))
    writer.measure_all()
    while True:
        keep_pace(writer, until=time.monotonic() + 0.5)
        _write(control / "pace.json", {"changes": writer.changes, "at_s": time.time()})
        if (control / "pause").exists():
            _write(control / "truth.json", truth())
            while (control / "pause").exists():
                time.sleep(0.05)
            (control / "truth.json").unlink()


def truth() -> dict[str, int]:
    """How many current containers there are in each state, from the rows, past the feed."""
    from containers.display import shown_state
    from containers.models import Container

    rows = Container.objects.filter(superseded=False).values_list(
        "status", "health", "attempt", "not_before", "host__reachable"
    )
    return Counter(
        shown_state(status, health=health, attempt=attempt, not_before=not_before, reachable=reachable)
        for status, health, attempt, not_before, reachable in rows
    )


def _spare_the_disk() -> None:
    """The writer's waiting for the disk is not what is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def _write(path: Path, value: object) -> None:
    """Whole or not at all: somebody may be reading."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(value))
    fresh.rename(path)


if __name__ == "__main__":
    main()
