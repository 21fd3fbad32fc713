"""Faults at random moments while containers come and go, from one seed; and the ledger of what was acknowledged."""

from __future__ import annotations

import random
import signal
import threading
import time
from dataclasses import dataclass, field

from tests.lab import LabHost
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor

COUNT = 20


@dataclass
class Ledger:
    """What the API said yes to."""

    created: dict[str, str] = field(default_factory=dict)  # name -> container id
    removed: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


class Operator(threading.Thread):
    """Creates twenty containers and removes half of them, insisting on an answer to everything."""

    def __init__(self, installation: Installation, image: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.installation, self.image, self.random = installation, image, random.Random(seed)
        self.ledger = Ledger()

    def run(self) -> None:
        try:
            for number in range(COUNT):
                name = f"c{number:02}"
                restart = self.random.choice(["none", "always"])
                made = self.installation.run(
                    name, self.image, restart=restart, resources={"cpu": "50m", "memory": "16m"}
                )
                self.ledger.created[name] = made["id"]
                time.sleep(self.random.uniform(0, 0.8))
                if number % 2:
                    self._remove(self.random.choice(sorted(self.ledger.created.keys() - self.ledger.removed)))
        except Exception as error:  # the test reads it
            self.ledger.errors.append(repr(error))

    def _remove(self, name: str) -> None:
        answer = self.installation.verb(self.ledger.created[name], "remove")
        if answer.status in (200, 202):
            self.ledger.removed.add(name)
        else:
            self.ledger.errors.append(f"remove {name}: {answer.status} {answer.body}")


def storm(
    installation: Installation, auditor: Auditor, victims: list[str | LabHost], *, seed: int, image: str
) -> Ledger:
    """Kill victims at random until the operator is done; audit all the while. The ledger, when all is quiet again."""
    chance = random.Random(seed)
    operator = Operator(installation, image, seed)
    operator.start()
    broken: list[str] = []
    while operator.is_alive():
        victim = chance.choice(victims)
        if isinstance(victim, LabHost):
            victim.kill()
            time.sleep(chance.uniform(0, 1.0))
            victim.start()
        else:
            installation.signal(victim, signal.SIGKILL)
            time.sleep(chance.uniform(0, 1.0))
            installation.kill(victim)
        broken += auditor.always()
        time.sleep(chance.uniform(0.2, 1.5))
    assert operator.ledger.errors == []
    assert broken == []
    settle(auditor)
    return operator.ledger


def settle(auditor: Auditor, *, within_s: float = 60.0) -> float:
    """Wait until rows and engines agree, and still do a second later; the seconds it took."""
    found: list[str] = ["not looked yet"]

    def agree() -> bool:
        nonlocal found
        found = auditor.at_rest()
        if found == []:
            time.sleep(1.0)
            found = auditor.at_rest()
        return found == []

    return wait_for(agree, timeout_s=within_s, what="rows and engines agree", last=lambda: found, every_s=0.3)


def check_ledger(ledger: Ledger, installation: Installation, *, untouched: bool) -> None:
    """I5: everything acknowledged is there, once. `untouched`: nothing but removals may have ended a container (I9)."""
    rows = installation.sql(
        "SELECT DISTINCT ON (slot_id) name, slot_id::text, status, desired, gone_at IS NOT NULL, attempt, restart"
        " FROM containers_container ORDER BY slot_id, attempt DESC"
    )
    slots = {slot: row for row in rows for slot in [row[1]]}
    assert sorted(row[0] for row in rows) == sorted(ledger.created), "every name once: nothing lost, nothing twice"
    for name, slot in ledger.created.items():
        _, _, status, desired, gone, attempt, restart = slots[slot]
        if name in ledger.removed:
            assert (desired, gone) == ("remove", True), f"{name} was removed and is {status}"
        else:
            assert desired == "run", f"{name} was never asked to stop"
            assert status == "running" or (restart == "none" and not untouched), f"{name} is {status}"
            assert attempt == 1 or not untouched, f"{name} was healthy and has attempt {attempt}"
