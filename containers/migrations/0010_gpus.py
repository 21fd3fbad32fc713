"""Counts what containers have of each GPU together with CPU, memory and named resources.

As before, the change of every statement is summed and applied in one order: hosts by id, then devices by host and name.
"""

from importlib import import_module

from django.db import migrations, models

BOOKING = """
CREATE FUNCTION containers_gpus_sane(gpus jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM jsonb_to_recordset(gpus) AS e(device text, millis integer)
    WHERE e.device IS NULL OR e.millis IS NULL OR e.millis NOT BETWEEN 1 AND 1000
  )
$$;
ALTER TABLE containers_container ADD CONSTRAINT container_gpus_sane
  CHECK (gpus = '[]'::jsonb OR containers_gpus_sane(gpus));
CREATE FUNCTION containers_gpus_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'container %: an attempt never changes its GPUs', OLD.id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER containers_container_gpus BEFORE UPDATE ON containers_container FOR EACH ROW
  WHEN (OLD.gpus <> '[]'::jsonb AND NEW.gpus IS DISTINCT FROM OLD.gpus) EXECUTE FUNCTION containers_gpus_fixed();
CREATE INDEX container_gpu_holders ON containers_container (host_id) WHERE gpus <> '[]'::jsonb AND gone_at IS NULL;
CREATE INDEX container_gpu_wishes ON containers_container (created_at) WHERE spec #> '{resources,gpus}' IS NOT NULL;

CREATE FUNCTION containers_book_gpus(hosts bigint[], gpus jsonb[], signs integer[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE change record;
BEGIN
  FOR change IN
    SELECT n.host, e.device, sum(e.millis * n.sign) AS millis FROM unnest(hosts, gpus, signs) AS n(host, gpu, sign)
    CROSS JOIN LATERAL jsonb_to_recordset(n.gpu) AS e(device text, millis integer)
    GROUP BY n.host, e.device HAVING sum(e.millis * n.sign) <> 0 ORDER BY n.host, e.device
  LOOP
    UPDATE hosts_hostgpu SET millis_reserved = millis_reserved + change.millis
      WHERE host_id = change.host AND device = change.device;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'host % has no GPU %', change.host, change.device USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION containers_book() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hosts bigint[]; cpus bigint[]; memories bigint[]; needs jsonb[]; signs integer[]; gpus jsonb[]; any_gpus boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(n.host_id), array_agg(n.cpu_millis), array_agg(n.memory_bytes),
        array_agg(coalesce(n.spec->'needs', '{}')), array_agg(1), array_agg(n.gpus), bool_or(n.gpus <> '[]')
      INTO hosts, cpus, memories, needs, signs, gpus, any_gpus
      FROM new_rows AS n WHERE n.host_id IS NOT NULL AND containers_holds_room(n.status, n.gone_at);
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(o.host_id), array_agg(-o.cpu_millis), array_agg(-o.memory_bytes),
        array_agg(coalesce(o.spec->'needs', '{}')), array_agg(-1), array_agg(o.gpus), bool_or(o.gpus <> '[]')
      INTO hosts, cpus, memories, needs, signs, gpus, any_gpus
      FROM old_rows AS o WHERE o.host_id IS NOT NULL AND containers_holds_room(o.status, o.gone_at);
  ELSE
    SELECT array_agg(c.host_id), array_agg(c.cpu), array_agg(c.memory), array_agg(c.need), array_agg(c.sign),
        array_agg(c.gpu), bool_or(c.gpu <> '[]')
      INTO hosts, cpus, memories, needs, signs, gpus, any_gpus FROM (
      SELECT n.host_id, n.cpu_millis AS cpu, n.memory_bytes AS memory, coalesce(n.spec->'needs', '{}') AS need,
          1 AS sign, n.gpus AS gpu
        FROM new_rows AS n WHERE n.host_id IS NOT NULL AND containers_holds_room(n.status, n.gone_at)
      UNION ALL
      SELECT o.host_id, -o.cpu_millis, -o.memory_bytes, coalesce(o.spec->'needs', '{}'), -1, o.gpus
        FROM old_rows AS o WHERE o.host_id IS NOT NULL AND containers_holds_room(o.status, o.gone_at)
    ) AS c;
  END IF;
  IF hosts IS NOT NULL THEN
    PERFORM containers_book_needs(hosts, cpus, memories, needs, signs);
    IF any_gpus THEN PERFORM containers_book_gpus(hosts, gpus, signs); END IF;
  END IF;
  RETURN NULL;
END $$;
"""


def _as_it_was() -> str:
    """containers_book() of the migration before, to go back to."""
    before: str = import_module("containers.migrations.0009_needs").SUM
    return before[before.index("CREATE OR REPLACE FUNCTION containers_book()") :]


UNDO = f"""
{_as_it_was()}
DROP FUNCTION containers_book_gpus(bigint[], jsonb[], integer[]);
DROP INDEX container_gpu_wishes;
DROP INDEX container_gpu_holders;
DROP TRIGGER containers_container_gpus ON containers_container;
DROP FUNCTION containers_gpus_fixed();
ALTER TABLE containers_container DROP CONSTRAINT container_gpus_sane;
DROP FUNCTION containers_gpus_sane(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("containers", "0009_needs"), ("hosts", "0006_gpus")]
    operations = [
        migrations.AddField(
            "container", "gpus", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)
        ),
        migrations.RunSQL(BOOKING, UNDO),
    ]
