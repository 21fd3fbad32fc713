"""Hints are only hints: with every listener at another database, where no bell ever rings, everything still happens."""

import pytest

from tests.lab import LabHost
from tests.whole.chaos import settle
from tests.whole.installation import Installation
from tests.whole.invariants import Auditor

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone]


@pytest.fixture
def deaf(installation: Installation, engines: list[LabHost], monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("DATABASE_LISTEN_URL", f"postgres://orchestra@/postgres?host={installation.database.run}")
    installation.start("web-1", "scheduler-1", "agent-1")
    installation.add_host("h1", engines[0])
    installation.await_hosts_ready(1)
    return installation


def test_a_container_runs_though_no_hint_arrives(deaf: Installation, act: str, engines: list[LabHost]) -> None:
    asked = deaf.await_state(deaf.run("quiet", act)["id"], "running", timeout_s=30)
    assert deaf.verb(asked["id"], "remove").status == 202
    auditor = Auditor(deaf, engines[:1])
    settle(auditor, within_s=30)
    auditor.close()
