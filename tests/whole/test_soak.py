"""Storms of many seeds, one after the other: `make soak`, SOAK_ROUNDS of each kind (default 5)."""

import os

import pytest

from tests.lab import LabHost
from tests.whole.chaos import check_ledger, storm
from tests.whole.installation import Installation
from tests.whole.invariants import Auditor

pytestmark = [pytest.mark.engine, pytest.mark.soak]

ROUNDS = range(2, 2 + int(os.environ.get("SOAK_ROUNDS", "5")))


@pytest.mark.parametrize("seed", ROUNDS)
def test_a_storm_over_everything(
    two_hosts: Installation, auditor: Auditor, engines: list[LabHost], act: str, seed: int
) -> None:
    two_hosts.start("scheduler-2", "agent-2")
    victims: list[str | LabHost] = ["scheduler-1", "scheduler-2", "agent-1", "agent-2", "web-1", "database"]
    ledger = storm(two_hosts, auditor, [*victims, *engines[:2]], seed=seed, image=act)
    check_ledger(ledger, two_hosts, untouched=False)


@pytest.mark.parametrize("seed", ROUNDS)
def test_a_storm_over_orchestra_alone(two_hosts: Installation, auditor: Auditor, act: str, seed: int) -> None:
    two_hosts.start("scheduler-2", "agent-2")
    victims: list[str | LabHost] = ["scheduler-1", "scheduler-2", "agent-1", "agent-2", "web-1", "database"]
    ledger = storm(two_hosts, auditor, victims, seed=seed, image=act)
    check_ledger(ledger, two_hosts, untouched=True)
