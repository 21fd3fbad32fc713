"""Django's `migrate` without the limits that our connections have: between two statements of a migration Python may
reckon for seconds on a slow machine, and an index on a large table takes its time."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

UNLIMITED = ("idle_in_transaction_session_timeout", "statement_timeout")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            for limit in UNLIMITED:
                cursor.execute(f"SET {limit} = 0")
            super().handle(*args, **options)
            for limit in UNLIMITED:
                cursor.execute(f"RESET {limit}")
