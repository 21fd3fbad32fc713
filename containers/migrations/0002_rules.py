"""The rules the database keeps by itself: moves go forward, reservations are counted, versions rise.

The list of moves is frozen here as it was; a test compares the live trigger with containers.states for every pair.
"""

from django.db import migrations

MOVES = """
  ('pending','bound'), ('pending','cancelled'),
  ('bound','preparing'), ('bound','stopping'), ('bound','failed'), ('bound','lost'),
  ('preparing','starting'), ('preparing','stopping'), ('preparing','failed'), ('preparing','lost'),
  ('starting','running'), ('starting','exited'), ('starting','stopping'), ('starting','failed'), ('starting','lost'),
  ('running','exited'), ('running','stopping'), ('running','failed'), ('running','lost'),
  ('stopping','stopped'), ('stopping','lost')
"""

GUARD = f"""
CREATE FUNCTION containers_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({MOVES}) THEN
    RAISE EXCEPTION 'container % cannot go from % to %', OLD.id, OLD.status, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  IF array_position(ARRAY['run','stop','remove'], NEW.desired::text)
     < array_position(ARRAY['run','stop','remove'], OLD.desired::text) THEN
    RAISE EXCEPTION 'container %: desired cannot go back from % to %', OLD.id, OLD.desired, NEW.desired
      USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.host_id IS NOT NULL AND NEW.host_id IS DISTINCT FROM OLD.host_id THEN
    RAISE EXCEPTION 'container %: an attempt never changes its host', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.cpu_millis, NEW.memory_bytes, NEW.slot_id, NEW.project_id)
     IS DISTINCT FROM (OLD.cpu_millis, OLD.memory_bytes, OLD.slot_id, OLD.project_id) THEN
    RAISE EXCEPTION 'container %: requests, slot and project of an attempt are fixed', OLD.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER containers_container_guard BEFORE UPDATE ON containers_container
  FOR EACH ROW EXECUTE FUNCTION containers_guard();
CREATE TRIGGER containers_container_touch BEFORE INSERT OR UPDATE ON containers_container
  FOR EACH ROW EXECUTE FUNCTION orchestra_touch();
"""

# The change of every statement is summed per host and applied in the order of host ids, so that two statements
# never wait for each other crosswise. The CHECK on the booking refuses what does not fit.
BOOKING = """
CREATE FUNCTION containers_holds_room(status text, gone_at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT status IN ('bound','preparing','starting','running','stopping') OR (status = 'lost' AND gone_at IS NULL)
$$;
CREATE FUNCTION containers_book_change(hosts bigint[], cpus bigint[], memories bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE change record;
BEGIN
  FOR change IN
    SELECT d.host, sum(d.cpu) AS cpu, sum(d.memory) AS memory FROM unnest(hosts, cpus, memories) AS d(host, cpu, memory)
    GROUP BY d.host HAVING sum(d.cpu) <> 0 OR sum(d.memory) <> 0 ORDER BY d.host
  LOOP
    UPDATE hosts_hostbooking SET cpu_millis_reserved = cpu_millis_reserved + change.cpu,
      memory_bytes_reserved = memory_bytes_reserved + change.memory WHERE host_id = change.host;
    IF NOT FOUND THEN RAISE EXCEPTION 'host % has no booking row', change.host; END IF;
  END LOOP;
END $$;
CREATE FUNCTION containers_book() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER containers_book_insert AFTER INSERT ON containers_container
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION containers_book();
CREATE TRIGGER containers_book_update AFTER UPDATE ON containers_container
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION containers_book();
CREATE TRIGGER containers_book_delete AFTER DELETE ON containers_container
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION containers_book();
"""

UNDO = """
DROP TRIGGER containers_book_insert ON containers_container;
DROP TRIGGER containers_book_update ON containers_container;
DROP TRIGGER containers_book_delete ON containers_container;
DROP TRIGGER containers_container_touch ON containers_container;
DROP TRIGGER containers_container_guard ON containers_container;
DROP FUNCTION containers_book();
DROP FUNCTION containers_book_change(bigint[], bigint[], bigint[]);
DROP FUNCTION containers_holds_room(text, timestamptz);
DROP FUNCTION containers_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("containers", "0001_initial"),
        ("hosts", "0002_samples_and_triggers"),
        ("accounts", "0001_initial"),
    ]
    operations = [migrations.RunSQL(GUARD + BOOKING, UNDO)]
