"""Slows guessing of passwords: back-off per name at an address, and per address over all names, kept in the database.

Before: the login view. After: the password is looked at only when a try was granted here.
A try is booked before the password is checked, in one statement, so that a hundred logins at once are a hundred tries.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from core.accounts.models import LoginThrottle
from core.lib.problems import Problem


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many tries are free, and how the wait grows after that."""

    free: int
    first_wait_s: float
    longest_wait_s: float


PER_NAME = Allowance(free=5, first_wait_s=1.0, longest_wait_s=900.0)
PER_ADDRESS = Allowance(free=50, first_wait_s=1.0, longest_wait_s=900.0)
FORGET_AFTER_S = 3600

BOOK = """
INSERT INTO accounts_loginthrottle AS t (key, failures, last_try_at, blocked_until)
VALUES (%(key)s, 1, now(), now())
ON CONFLICT (key) DO UPDATE SET
  failures = CASE WHEN t.last_try_at < now() - make_interval(secs => %(forget)s) THEN 1 ELSE t.failures + 1 END,
  last_try_at = now(),
  blocked_until = now() + CASE
    WHEN t.last_try_at < now() - make_interval(secs => %(forget)s) OR t.failures + 1 < %(free)s THEN interval '0'
    ELSE make_interval(secs => least(%(longest)s, %(first)s * power(2, least(t.failures + 1 - %(free)s, 20)))) END
WHERE t.blocked_until <= now()
RETURNING failures
"""
WAIT = "SELECT ceil(extract(epoch FROM blocked_until - now())) FROM accounts_loginthrottle WHERE key = %s"


def book_try(username: str, address: str) -> None:
    """Book one try; Problem 429 with the seconds to wait when there is none to give."""
    for key, allowance in ((_name_key(username, address), PER_NAME), (_address_key(address), PER_ADDRESS)):
        wait_s = _book(key, allowance)
        if wait_s is not None:
            raise Problem(
                429, "too-many-logins", f"too many failed logins; try again in {wait_s} s", retry_after_s=wait_s
            )


def forget_tries(username: str, address: str) -> None:
    """After a good login: the name starts afresh, and the address gets its one try back."""
    LoginThrottle.objects.filter(key=_name_key(username, address)).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_loginthrottle SET failures = greatest(failures - 1, 0) WHERE key = %s",
            [_address_key(address)],
        )


def _book(key: str, allowance: Allowance) -> int | None:
    """None when booked, else the seconds to wait."""
    parameters: dict[str, str | float] = {
        "key": key,
        "forget": FORGET_AFTER_S,
        "free": allowance.free,
        "first": allowance.first_wait_s,
        "longest": allowance.longest_wait_s,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BOOK, parameters)
        if cursor.fetchone() is not None:
            return None
        cursor.execute(WAIT, [key])
        row = cursor.fetchone()
        return max(1, int(row[0])) if row else 1


def _name_key(username: str, address: str) -> str:
    return f"name:{username.lower()[:150]}|{address[:64]}"


def _address_key(address: str) -> str:
    return f"address:{address[:64]}"
