"""The console's live rules in Chromium, before a fleet of 20,000 containers that changes a hundred times a second."""

import sys
from pathlib import Path

import pytest

from tests.large_fleet.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.soak]


def test_the_live_rules_before_a_large_fleet(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "var", hosts=1_000, containers=20_000)
    try:
        stage.start()
        done = stage.play("scale")
        sys.stdout.write(done.stdout)  # step by step, for the proof
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    finally:
        stage.stop()
