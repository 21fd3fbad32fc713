"""Installations on the lab's engines. They take the machine's real time: keep them few and telling."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import Lab, LabHost
from tests.whole.installation import Installation
from tests.whole.invariants import Auditor


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An empty installation; nothing runs yet."""
    made = Installation(tmp_path / "var")
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def two_hosts(installation: Installation, engines: list[LabHost]) -> Installation:
    """An installation of the test's own, for faults: web, scheduler, agent, two ready hosts."""
    return furnish(installation, engines)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, lab: Lab) -> Iterator[Installation]:
    """The same for the tests of one module that break nothing: each leaves only containers of its own names."""
    made = Installation(tmp_path_factory.mktemp("shared") / "var")
    try:
        yield furnish(made, lab.hosts)
    finally:
        made.stop()
        lab.restore()


@pytest.fixture
def auditor(two_hosts: Installation, engines: list[LabHost]) -> Iterator[Auditor]:
    """Asks rows and engines past the product."""
    made = Auditor(two_hosts, engines[:2])
    yield made
    made.close()


@pytest.fixture
def shared_auditor(shared: Installation, lab: Lab) -> Iterator[Auditor]:
    """The same for the shared installation."""
    made = Auditor(shared, lab.hosts[:2])
    yield made
    made.close()


@pytest.fixture(scope="session")
def act(lab: Lab) -> str:
    """The lab's image of many verbs, by the name engines pull it by."""
    return lab.image("act:1")


def furnish(installation: Installation, engines: list[LabHost]) -> Installation:
    """Start the processes and register the first two engines as h1 and h2."""
    installation.start("web-1", "scheduler-1", "agent-1")
    for number, engine in enumerate(engines[:2], 1):
        installation.add_host(f"h{number}", engine, labels={"zone": f"z{number}"})
    installation.await_hosts_ready(2)
    return installation
