"""The lab as pytest fixtures: one for the session, its hosts as new for each test.

    def test_x(engines): open_engine(engines[0].tcp, cluster="test")

`engine` as a marker on such tests tells the runner that they need root and a Docker engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.lab.host import LabHost
from tests.lab.lab import Lab


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Three hosts (or ORCHESTRA_LAB_HOSTS) and a registry, until the session ends."""
    with Lab.up(int(os.environ.get("ORCHESTRA_LAB_HOSTS", "3"))) as lab:
        yield lab


@pytest.fixture
def engines(lab: Lab) -> Iterator[list[LabHost]]:
    """The lab's hosts, healed and empty again after the test."""
    yield lab.hosts
    lab.restore()
