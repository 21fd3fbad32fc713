"""Migrations have the time they need."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate

LIMITS = ("idle_in_transaction_session_timeout", "statement_timeout")


def limits() -> list[str]:
    with connection.cursor() as cursor:
        return [cursor.execute(f"SHOW {name}").fetchone()[0] for name in LIMITS]


@pytest.mark.django_db
def test_a_migration_may_take_long_and_afterwards_the_limits_hold_again() -> None:
    before, meanwhile = limits(), []

    def look(**_: Any) -> None:
        meanwhile.append(limits())

    pre_migrate.connect(look)
    try:
        call_command("migrate", verbosity=0)
    finally:
        pre_migrate.disconnect(look)
    assert before == limits() == ["2s", "15s"]
    assert meanwhile
    assert all(one == ["0", "0"] for one in meanwhile)
