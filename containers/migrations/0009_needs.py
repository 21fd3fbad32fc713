"""Counts what containers need of named resources (`needs` of their specs) together with CPU and memory.

As before, the change of every statement is summed per host and applied in the order of host ids.
"""

from django.db import migrations

SUM = """
CREATE FUNCTION containers_needs_after(before jsonb, needs jsonb[], signs integer[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(name, total) FILTER (WHERE total <> 0), '{}'::jsonb) FROM (
    SELECT name, sum(amount) AS total FROM (
      SELECT b.name, b.amount::bigint AS amount FROM jsonb_each_text(before) AS b(name, amount)
      UNION ALL
      SELECT e.name, e.amount::bigint * n.sign FROM unnest(needs, signs) AS n(need, sign)
        CROSS JOIN LATERAL jsonb_each_text(n.need) AS e(name, amount)
    ) AS every GROUP BY name
  ) AS summed
$$;
CREATE FUNCTION containers_book_needs(
  hosts bigint[], cpus bigint[], memories bigint[], needs jsonb[], signs integer[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE change record;
BEGIN
  FOR change IN
    SELECT d.host, sum(d.cpu) AS cpu, sum(d.memory) AS memory,
      array_agg(d.need) FILTER (WHERE d.need <> '{}') AS needs, array_agg(d.sign) FILTER (WHERE d.need <> '{}') AS signs
    FROM unnest(hosts, cpus, memories, needs, signs) AS d(host, cpu, memory, need, sign)
    GROUP BY d.host
    HAVING sum(d.cpu) <> 0 OR sum(d.memory) <> 0
      OR (bool_or(d.need <> '{}') AND containers_needs_after('{}', array_agg(d.need), array_agg(d.sign)) <> '{}')
    ORDER BY d.host
  LOOP
    UPDATE hosts_hostbooking SET cpu_millis_reserved = cpu_millis_reserved + change.cpu,
      memory_bytes_reserved = memory_bytes_reserved + change.memory,
      resources_reserved = CASE WHEN change.needs IS NULL THEN resources_reserved
        ELSE containers_needs_after(resources_reserved, change.needs, change.signs) END
      WHERE host_id = change.host;
    IF NOT FOUND THEN RAISE EXCEPTION 'host % has no booking row', change.host; END IF;
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION containers_book() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hosts bigint[]; cpus bigint[]; memories bigint[]; needs jsonb[]; signs integer[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(host_id), array_agg(cpu_millis), array_agg(memory_bytes),
        array_agg(coalesce(spec->'needs', '{}')), array_agg(1)
      INTO hosts, cpus, memories, needs, signs
      FROM new_rows WHERE host_id IS NOT NULL AND containers_holds_room(status, gone_at);
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(host_id), array_agg(-cpu_millis), array_agg(-memory_bytes),
        array_agg(coalesce(spec->'needs', '{}')), array_agg(-1)
      INTO hosts, cpus, memories, needs, signs
      FROM old_rows WHERE host_id IS NOT NULL AND containers_holds_room(status, gone_at);
  ELSE
    SELECT array_agg(host_id), array_agg(cpu), array_agg(memory), array_agg(need), array_agg(sign)
      INTO hosts, cpus, memories, needs, signs FROM (
      SELECT host_id, cpu_millis AS cpu, memory_bytes AS memory, coalesce(spec->'needs', '{}') AS need, 1 AS sign
        FROM new_rows WHERE host_id IS NOT NULL AND containers_holds_room(status, gone_at)
      UNION ALL
      SELECT host_id, -cpu_millis, -memory_bytes, coalesce(spec->'needs', '{}'), -1
        FROM old_rows WHERE host_id IS NOT NULL AND containers_holds_room(status, gone_at)
    ) AS changes;
  END IF;
  IF hosts IS NOT NULL THEN PERFORM containers_book_needs(hosts, cpus, memories, needs, signs); END IF;
  RETURN NULL;
END $$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION containers_book() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hosts bigint[]; cpus bigint[]; memories bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(host_id), array_agg(cpu_millis), array_agg(memory_bytes) INTO hosts, cpus, memories
      FROM new_rows WHERE host_id IS NOT NULL AND containers_holds_room(status, gone_at);
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(host_id), array_agg(-cpu_millis), array_agg(-memory_bytes) INTO hosts, cpus, memories
      FROM old_rows WHERE host_id IS NOT NULL AND containers_holds_room(status, gone_at);
  ELSE
    SELECT array_agg(host_id), array_agg(cpu), array_agg(memory) INTO hosts, cpus, memories FROM (
      SELECT host_id, cpu_millis AS cpu, memory_bytes AS memory FROM new_rows
        WHERE host_id IS NOT NULL AND containers_holds_room(status, gone_at)
      UNION ALL
      SELECT host_id, -cpu_millis, -memory_bytes FROM old_rows
        WHERE host_id IS NOT NULL AND containers_holds_room(status, gone_at)
    ) AS changes;
  END IF;
  IF hosts IS NOT NULL THEN PERFORM containers_book_change(hosts, cpus, memories); END IF;
  RETURN NULL;
END $$;
DROP FUNCTION containers_book_needs(bigint[], bigint[], bigint[], jsonb[], integer[]);
DROP FUNCTION containers_needs_after(jsonb, jsonb[], integer[]);
"""


class Migration(migrations.Migration):
    dependencies = [("containers", "0008_apart"), ("hosts", "0005_resources")]
    operations = [migrations.RunSQL(SUM, UNDO)]
