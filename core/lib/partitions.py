"""Tables that only grow (events, samples, decisions), cut into days.

Their ids rise with time (milliseconds since 1970, shifted by 20 bits, and a counter), so that one bigint is key,
order and partition at once. The migrations create the parents; the reaper's loop keeps days ahead and drops old ones.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

COUNTER_BITS = 20

PRELUDE = """
CREATE SEQUENCE orchestra_time_seq CYCLE;
CREATE FUNCTION orchestra_time_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT ((extract(epoch FROM clock_timestamp()) * 1000)::bigint << 20) | (nextval('orchestra_time_seq') & 1048575)
$$;
"""


def time_id(at: datetime) -> int:
    """The smallest id a row written at `at` can have."""
    return int(at.timestamp() * 1000) << COUNTER_BITS


def time_of(row_id: int) -> datetime:
    """When the row with this id was written, to the millisecond."""
    return datetime.fromtimestamp((row_id >> COUNTER_BITS) / 1000, UTC)


def parent(table: str, columns: str) -> str:
    """SQL that creates a partitioned table with a default partition, so that an insert never finds no room."""
    return (
        f"CREATE TABLE {table} (id bigint NOT NULL DEFAULT orchestra_time_id() PRIMARY KEY, {columns})"
        f" PARTITION BY RANGE (id);"
        f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT;"
    )


def ensure(table: str, today: datetime, days_ahead: int = 3) -> list[str]:
    """Create the partitions of today and the days ahead that are missing; their names are returned."""
    first = today.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    present = set(names(table))
    made = []
    for start in (first + timedelta(days=n) for n in range(days_ahead + 1)):
        name = _name(table, start)
        if name not in present:
            _create(table, name, start)
            made.append(name)
    return made


def drop_before(table: str, oldest: datetime) -> list[str]:
    """Drop the partitions whose every row is older than `oldest`; their names are returned."""
    dropped = []
    for name in names(table):
        day = _day(table, name)
        if day is not None and day + timedelta(days=1) <= oldest:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f'DROP TABLE IF EXISTS "{name}"')
            dropped.append(name)
    return dropped


def clear_rest(table: str, oldest: datetime, *, most: int) -> int:
    """Delete up to `most` rows older than `oldest` from the default partition; how many.

    Rows of days on which nobody made partitions stay there for good: no partition of theirs is ever dropped.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM "{table}_rest" WHERE id IN'  # nosec B608
            f' (SELECT id FROM "{table}_rest" WHERE id < %s ORDER BY id LIMIT %s)',
            [time_id(oldest), most],
        )
        return int(cursor.rowcount)


def names(table: str) -> list[str]:
    """The partitions that exist, the default one included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass ORDER BY 1",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def _name(table: str, start: datetime) -> str:
    return f"{table}_{start:%Y%m%d}"


def _day(table: str, name: str) -> datetime | None:
    tail = name.removeprefix(table + "_")
    return datetime.strptime(tail, "%Y%m%d").replace(tzinfo=UTC) if tail.isdigit() else None


def _create(table: str, name: str, start: datetime) -> None:
    """Attach a day; rows that already fell into the default partition (the daemon was off) move into it."""
    low, high = time_id(start), time_id(start + timedelta(days=1))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone() == (True,):
            return
        cursor.execute(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')
        cursor.execute(f'CREATE TABLE "{name}" (LIKE "{table}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)')
        cursor.execute(
            f'WITH moved AS (DELETE FROM "{table}_rest" WHERE id >= %s AND id < %s RETURNING *)'  # nosec B608
            f' INSERT INTO "{name}" SELECT * FROM moved',
            [low, high],
        )
        cursor.execute(f'ALTER TABLE "{table}" ATTACH PARTITION "{name}" FOR VALUES FROM ({low}) TO ({high})')
