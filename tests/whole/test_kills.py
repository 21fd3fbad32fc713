"""kill -9 of everything at random moments while containers come and go: afterwards every row agrees with the engines.

ORCHESTRA_SEED=7 chooses another storm; a failure names the seed it had.
"""

import os

import pytest

from tests.lab import LabHost
from tests.whole.chaos import check_ledger, storm
from tests.whole.installation import Installation
from tests.whole.invariants import Auditor

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(400)]

SEED = int(os.environ.get("ORCHESTRA_SEED", "1"))


def test_kills_of_every_process_and_of_the_engines(
    two_hosts: Installation, auditor: Auditor, engines: list[LabHost], act: str
) -> None:
    victims: list[str | LabHost] = ["scheduler-1", "agent-1", "web-1", "database", *engines[:2]]
    ledger = storm(two_hosts, auditor, victims, seed=SEED, image=act)
    check_ledger(ledger, two_hosts, untouched=False)


def test_kills_with_two_schedulers_and_two_agents_touch_no_healthy_container(
    two_hosts: Installation, auditor: Auditor, act: str
) -> None:
    """I9: only processes of Orchestra die here, so every container that nobody removed is still its first attempt."""
    two_hosts.start("scheduler-2", "agent-2")
    victims: list[str | LabHost] = ["scheduler-1", "scheduler-2", "agent-1", "agent-2", "web-1", "database"]
    ledger = storm(two_hosts, auditor, victims, seed=SEED + 1000, image=act)
    check_ledger(ledger, two_hosts, untouched=True)
