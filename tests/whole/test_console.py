"""The console's own end-to-end tests in Chromium, against a whole installation on the lab's engines."""

import sys

import pytest

from tests.lab import Lab
from tests.whole.browser import add_viewer, end_to_end, first_admin
from tests.whole.installation import Installation

pytestmark = [pytest.mark.engine, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_the_console_in_a_browser(installation: Installation, lab: Lab) -> None:
    installation.start("web-1", "scheduler-1", "agent-1", admin=False)
    link = first_admin(installation)
    add_viewer(installation, "vera")
    done = end_to_end(installation, lab, hosts=2, ORCHESTRA_FIRST_ADMIN=link)
    lab.restore()
    sys.stdout.write(done.stdout)  # step by step, for the proof
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
