"""Outlives the owner of a lab: when the pipe from it ends, for whatever reason, the lab goes."""

from __future__ import annotations

import sys
import time

from tests.lab.lab import folder_of, remove, try_lock


def clear(number: int) -> None:
    """Only with the lab's lock: who else holds it by now has cleared up already."""
    for _ in range(40):
        lock = try_lock(number)
        if lock is not None:
            if folder_of(number).exists():
                remove(number)
            return
        time.sleep(0.05)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    clear(int(sys.argv[1]))
