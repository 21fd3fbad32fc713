"""The console's own end-to-end tests in Chromium, against a whole installation on the lab's engines.

What an operator does; what holds whatever anybody does is in test_console_rules.
"""

import pytest

from tests.lab import Lab
from tests.whole.browser import run_console
from tests.whole.installation import Installation

pytestmark = [pytest.mark.engine, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_the_console_in_a_browser(installation: Installation, lab: Lab) -> None:
    run_console(installation, lab, "road", "live", "face", "admin", "keyboard", "lists", "pages")
