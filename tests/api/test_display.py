"""The word people see: one table over status, health, attempt and the host's answer."""

from datetime import UTC, datetime

import pytest

from containers.display import STATES, shown_state
from containers.states import FINAL, Status

SOON = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "health", "attempt", "not_before", "reachable", "state"),
    [
        ("pending", "none", 1, None, None, "pending"),
        ("pending", "none", 1, SOON, None, "pending"),
        ("pending", "none", 2, None, None, "pending"),
        ("pending", "none", 2, SOON, None, "restarting"),
        ("bound", "none", 1, None, "ok", "starting"),
        ("preparing", "none", 1, None, "ok", "starting"),
        ("starting", "none", 1, None, "ok", "starting"),
        ("running", "none", 1, None, "ok", "running"),
        ("running", "starting", 1, None, "ok", "running"),
        ("running", "unhealthy", 1, None, "ok", "unhealthy"),
        ("running", "unknown", 1, None, "ok", "running"),
        ("running", "unhealthy", 1, None, "suspect", "unknown"),
        ("running", "healthy", 3, SOON, "refused", "unknown"),
        ("stopping", "none", 1, None, "lost", "unknown"),
        ("stopping", "unhealthy", 1, None, "ok", "stopping"),
        ("lost", "none", 1, None, "lost", "lost"),
    ],
)
def test_the_table(
    status: str, health: str, attempt: int, not_before: datetime | None, reachable: str | None, state: str
) -> None:
    assert shown_state(status, health=health, attempt=attempt, not_before=not_before, reachable=reachable) == state


@pytest.mark.parametrize("reachable", [None, "ok", "lost", "unknown"])
def test_what_is_final_keeps_its_word_whatever_its_host_does(reachable: str | None) -> None:
    for status in FINAL:
        assert shown_state(status, health="none", attempt=1, not_before=None, reachable=reachable) == status


def test_every_status_has_a_word() -> None:
    for status in Status:
        assert shown_state(status, health="none", attempt=1, not_before=None, reachable="ok") in STATES
