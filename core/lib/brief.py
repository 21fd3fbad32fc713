"""Short visits to the database from threads that live long and mostly wait for something else."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def database_visit() -> Iterator[None]:
    """Give this thread's connection back to the pool at the end, also when the visit failed."""
    try:
        yield
    finally:
        connection.close()
