"""Places a crowd a few times in this process and prints rates and memory as JSON: HOSTS PENDING ROUNDS [images].

Rates are by the process's own CPU time: it is one thread, and what else the machine does is not its doing.

A process of its own, started by placement.py, with nothing loaded that placement does not need.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from collections import Counter
from time import process_time

from scheduler.placement import Group, merge, place
from tests.bench.crowd import Crowd


def main(hosts: int, pending: int, rounds: int, *, images: bool) -> None:
    """Measure here and print; the first round warms up and does not count."""
    crowd = Crowd(hosts, pending, images_known=images)
    fleet, rates, placed, requests = crowd.fleet(), [], 0, 0
    for number in range(rounds + 1):
        wishes = list(crowd.wishes())
        gc.collect()
        began_s = process_time()
        groups = place(merge(wishes, images=fleet.images), fleet)
        rate = pending / (process_time() - began_s)
        if number:
            rates.append(rate)
        placed, requests = count(groups), len(groups)
        del groups, wishes
    if placed != pending:
        raise SystemExit(f"only {placed} of {pending} were placed: the fleet is too small for this bench")
    resident_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rates": rates, "resident_mib": resident_mib, "placed": placed, "requests": requests}))  # noqa: T201


def count(groups: list[Group]) -> int:
    """How many were placed; no host got two that must stay apart."""
    for group in groups:
        if group.request.shape.near:
            most = Counter(verdict.host for verdict in group.verdicts).most_common(1)
            assert not most or most[0][1] == 1
    return sum(verdict.host is not None for group in groups for verdict in group.verdicts)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]), images=sys.argv[4:] == ["images"])
