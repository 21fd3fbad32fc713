"""Books what a statement changes host by host: summed in one query, written in one other.

Of most containers nothing counts but CPU and memory. Where any of them has named resources or GPUs, it goes on as before.
"""

from importlib import import_module

from django.db import migrations

BEFORE: str = import_module("containers.migrations.0010_gpus").BOOKING
BOOK = BEFORE[BEFORE.index("CREATE OR REPLACE FUNCTION containers_book()") :]

# In the order of the hosts' ids, as every booking: two statements never wait for each other crosswise.
ROOM = """
CREATE FUNCTION containers_book_room(hosts bigint[], cpus bigint[], memories bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE found_hosts integer;
BEGIN
  IF cardinality(hosts) > 1 THEN
    PERFORM 1 FROM hosts_hostbooking WHERE host_id = ANY(hosts) ORDER BY host_id FOR NO KEY UPDATE;
  END IF;
  UPDATE hosts_hostbooking AS b SET cpu_millis_reserved = b.cpu_millis_reserved + d.cpu,
    memory_bytes_reserved = b.memory_bytes_reserved + d.memory
    FROM unnest(hosts, cpus, memories) AS d(host, cpu, memory) WHERE b.host_id = d.host;
  GET DIAGNOSTICS found_hosts = ROW_COUNT;
  IF found_hosts < cardinality(hosts) THEN
    RAISE EXCEPTION 'host % has no booking row', (
      SELECT min(host) FROM unnest(hosts) AS host WHERE NOT EXISTS (SELECT 1 FROM hosts_hostbooking WHERE host_id = host)
    );
  END IF;
END $$;
"""

QUICKLY = """
  ELSE
    SELECT array_agg(h.host_id), array_agg(h.cpu), array_agg(h.memory), bool_or(h.more)
      INTO hosts, cpus, memories, any_more FROM (
      SELECT c.host_id, sum(c.cpu)::bigint AS cpu, sum(c.memory)::bigint AS memory, bool_or(c.more) AS more FROM (
        SELECT n.host_id, n.cpu_millis AS cpu, n.memory_bytes AS memory, n.gpus <> '[]' OR n.spec ? 'needs' AS more
          FROM new_rows AS n WHERE n.host_id IS NOT NULL AND containers_holds_room(n.status, n.gone_at)
        UNION ALL
        SELECT o.host_id, -o.cpu_millis, -o.memory_bytes, o.gpus <> '[]' OR o.spec ? 'needs'
          FROM old_rows AS o WHERE o.host_id IS NOT NULL AND containers_holds_room(o.status, o.gone_at)
      ) AS c GROUP BY c.host_id HAVING sum(c.cpu) <> 0 OR sum(c.memory) <> 0 OR bool_or(c.more)
    ) AS h;
    IF hosts IS NULL THEN RETURN NULL; END IF;
    IF NOT any_more THEN
      PERFORM containers_book_room(hosts, cpus, memories);
      RETURN NULL;
    END IF;
"""
BOOK_QUICKLY = BOOK.replace("any_gpus boolean;", "any_gpus boolean; any_more boolean;").replace("\n  ELSE\n", QUICKLY)


class Migration(migrations.Migration):
    dependencies = [("containers", "0015_bound_at_once")]
    operations = [
        migrations.RunSQL(
            ROOM + BOOK_QUICKLY, BOOK + "DROP FUNCTION containers_book_room(bigint[], bigint[], bigint[]);"
        )
    ]
