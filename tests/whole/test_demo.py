"""`manage.py demo` on a real engine: its page answers, and again it is the same container."""

import urllib.request

import pytest

from tests.lab import LabHost
from tests.whole.installation import Installation

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_the_demos_page_answers(installation: Installation, engines: list[LabHost]) -> None:
    installation.start("web-1", "scheduler-1", "agent-1")
    installation.add_host("h1", engines[0])
    installation.await_hosts_ready(1)
    url = installation.manage("demo").strip()
    with urllib.request.urlopen(url, timeout=5) as page:
        assert "It runs." in page.read().decode()
    assert installation.manage("demo").strip() == url
    assert installation.sql("SELECT count(*) FROM containers_container") == [(1,)]
