"""What a binding costs for each row is asked once for each statement.

That a container's host is there was a foreign key: a look at the host, with a lock, for every container. Now each host of
a statement is looked at and locked once, as the key did it, and a host with containers still cannot go. The version of
a row is set by a function only where the statement has not set it itself.
"""

import django.db.models.deletion
from django.db import migrations, models

HOSTS = """
CREATE FUNCTION containers_hosts_there() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hosts bigint[]; there bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT n.host_id) INTO hosts FROM new_rows AS n WHERE n.host_id IS NOT NULL;
  ELSE
    -- An attempt never changes its host: those of which there are more rows than before are new to some.
    SELECT array_agg(c.host_id) INTO hosts FROM (
      SELECT r.host_id FROM (
        SELECT n.host_id, 1 AS more FROM new_rows AS n WHERE n.host_id IS NOT NULL
        UNION ALL SELECT o.host_id, -1 FROM old_rows AS o WHERE o.host_id IS NOT NULL
      ) AS r GROUP BY r.host_id HAVING sum(r.more) > 0
    ) AS c;
  END IF;
  IF hosts IS NULL THEN RETURN NULL; END IF;
  SELECT array_agg(h.id) INTO there FROM (
    SELECT id FROM hosts_host WHERE id = ANY(hosts) ORDER BY id FOR KEY SHARE
  ) AS h;
  IF NOT hosts <@ coalesce(there, '{}') THEN
    RAISE EXCEPTION 'a container names a host that is not there: %',
      (SELECT string_agg(one::text, ', ') FROM unnest(hosts) AS one WHERE one <> ALL(coalesce(there, '{}')))
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER containers_at_hosts_insert AFTER INSERT ON containers_container
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION containers_hosts_there();
CREATE TRIGGER containers_at_hosts_update AFTER UPDATE ON containers_container
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION containers_hosts_there();

CREATE FUNCTION containers_keep_host() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM containers_container WHERE host_id = OLD.id) THEN
    RAISE EXCEPTION 'host % still has containers', OLD.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER containers_keep_host_there AFTER DELETE ON hosts_host DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION containers_keep_host();
CREATE CONSTRAINT TRIGGER containers_keep_host_named AFTER UPDATE OF id ON hosts_host DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION containers_keep_host();
"""
HOSTS_BACK = """
DROP TRIGGER containers_keep_host_named ON hosts_host;
DROP TRIGGER containers_keep_host_there ON hosts_host;
DROP FUNCTION containers_keep_host();
DROP TRIGGER containers_at_hosts_update ON containers_container;
DROP TRIGGER containers_at_hosts_insert ON containers_container;
DROP FUNCTION containers_hosts_there();
"""

TOUCH = """
DROP TRIGGER containers_container_touch ON containers_container;
CREATE TRIGGER containers_container_touch BEFORE INSERT ON containers_container
  FOR EACH ROW EXECUTE FUNCTION orchestra_touch();
CREATE TRIGGER containers_container_touched BEFORE UPDATE ON containers_container FOR EACH ROW WHEN (
  NEW.version IS DISTINCT FROM OLD.version + 1 OR NEW.changed_xid IS DISTINCT FROM pg_current_xact_id()::text::bigint
) EXECUTE FUNCTION orchestra_touch();
"""
TOUCH_BACK = """
DROP TRIGGER containers_container_touched ON containers_container;
DROP TRIGGER containers_container_touch ON containers_container;
CREATE TRIGGER containers_container_touch BEFORE INSERT OR UPDATE ON containers_container
  FOR EACH ROW EXECUTE FUNCTION orchestra_touch();
"""


class Migration(migrations.Migration):
    dependencies = [("containers", "0014_fewer_indexes"), ("hosts", "0006_gpus")]
    operations = [
        migrations.AlterField(
            "container",
            "host",
            models.ForeignKey(
                "hosts.host",
                django.db.models.deletion.PROTECT,
                null=True,
                db_index=False,
                db_constraint=False,
                related_name="containers",
            ),
        ),
        migrations.RunSQL(HOSTS, HOSTS_BACK),
        migrations.RunSQL(TOUCH, TOUCH_BACK),
    ]
