"""Random lives of services: every step keeps the invariants, and when the faults are over all comes to rest.

SERVICES_STEPS and SERVICES_SEED steer the long one. A life that breaks names its seed: `walk(seed, steps=300)` tells it
again.
"""

import os
import sys

import pytest

from tests.scheduler.services.walk import walk

STEPS = 300
LIVES = 60


def test_sixty_lives() -> None:
    """Well over 10,000 steps, each of them checked."""
    steps = sum(walk(seed, steps=STEPS) for seed in range(LIVES))
    assert steps >= 10_000


@pytest.mark.soak
def test_a_million_steps(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = int(os.environ.get("SERVICES_STEPS", "1000000"))
    seed = first = int(os.environ.get("SERVICES_SEED", "1000000"))
    done, told = 0, 0
    while done < wanted:
        done += walk(seed, steps=STEPS)
        seed += 1
        if done - told >= wanted // 10:
            told = done
            with capsys.disabled():
                sys.stdout.write(f"\n{done:,} steps, {seed - first:,} lives, last seed {seed - 1}")
    assert done >= wanted
