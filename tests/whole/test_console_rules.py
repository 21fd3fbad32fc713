"""The rest of the console's end-to-end tests: services, the rules of live data, and the states of every page.

Beside test_console, so that both run at once; pages of an empty installation are looked at there.
"""

import pytest

from tests.lab import Lab
from tests.whole.browser import run_console
from tests.whole.installation import Installation

pytestmark = [pytest.mark.engine, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_its_rules_in_a_browser(installation: Installation, lab: Lab) -> None:
    run_console(installation, lab, "services", "explain", "rules", "states", without="@empty")
