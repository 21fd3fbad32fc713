"""One decision for a group of containers instead of one for each; a container's row names its own.

What was kept so far becomes groups of one.
"""

from django.db import migrations, models

GROUPS = """
ALTER TABLE scheduler_decision ADD COLUMN members jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN terms jsonb NOT NULL DEFAULT '[]';
UPDATE scheduler_decision SET members = jsonb_build_array(jsonb_build_array(container_id)) WHERE verdict = 'refused';
UPDATE scheduler_decision d SET
  message = '',
  terms = (SELECT coalesce(jsonb_agg(t.key ORDER BY t.key), '[]') FROM jsonb_each(d.score->'terms') AS t),
  members = jsonb_build_array(jsonb_build_array(d.container_id, d.host_name,
    (SELECT coalesce(jsonb_agg(t.value ORDER BY t.key), '[]') FROM jsonb_each(d.score->'terms') AS t)))
  WHERE verdict = 'placed';
UPDATE scheduler_decision d SET refused = (
    SELECT jsonb_agg(jsonb_build_object('filter', g.filter, 'reason', g.reason, 'hosts', g.hosts)) FROM (
      SELECT e->>'filter' AS filter, e->>'reason' AS reason, jsonb_agg(e->'host') AS hosts
      FROM jsonb_array_elements(d.refused) AS e GROUP BY 1, 2
    ) AS g
  ) WHERE refused <> '[]';
UPDATE containers_container c SET decision_id = d.id
  FROM (SELECT container_id, max(id) AS id FROM scheduler_decision GROUP BY container_id) AS d
  WHERE c.id = d.container_id;
DROP INDEX scheduler_decision_container;
ALTER TABLE scheduler_decision DROP COLUMN container_id, DROP COLUMN slot_id, DROP COLUMN host_id,
  DROP COLUMN host_name, DROP COLUMN score;
"""

# Each member has a row again; what each was worth on its host is not brought back.
BACK = """
ALTER TABLE scheduler_decision ADD COLUMN container_id uuid, ADD COLUMN slot_id uuid, ADD COLUMN host_id bigint,
  ADD COLUMN host_name varchar(63) NOT NULL DEFAULT '', ADD COLUMN score jsonb;
INSERT INTO scheduler_decision (at, service_id, verdict, message, group_size, same_as, hosts_total, container_id,
  host_name)
SELECT d.at, d.service_id, d.verdict, d.message, d.group_size, coalesce(d.same_as, d.id), d.hosts_total,
  (m.one->>0)::uuid, coalesce(m.one->>1, '')
FROM scheduler_decision d, jsonb_array_elements(d.members) WITH ORDINALITY AS m(one, number) WHERE m.number > 1;
DELETE FROM scheduler_decision WHERE container_id IS NULL AND members = '[]';
UPDATE scheduler_decision d SET refused = (
    SELECT jsonb_agg(jsonb_build_object('host', h, 'filter', e->'filter', 'reason', e->'reason') ORDER BY h)
    FROM jsonb_array_elements(d.refused) AS e, jsonb_array_elements(e->'hosts') AS h
  ) WHERE refused <> '[]';
UPDATE scheduler_decision SET container_id = (members->0->>0)::uuid, host_name = coalesce(members->0->>1, '')
  WHERE container_id IS NULL;
UPDATE scheduler_decision d SET slot_id = coalesce((SELECT c.slot_id FROM containers_container c
    WHERE c.id = d.container_id), d.container_id),
  host_id = (SELECT h.id FROM hosts_host h WHERE h.name = d.host_name),
  message = CASE WHEN verdict = 'placed' THEN 'placed on ' || host_name ELSE message END;
ALTER TABLE scheduler_decision ALTER COLUMN container_id SET NOT NULL, ALTER COLUMN slot_id SET NOT NULL,
  DROP COLUMN members, DROP COLUMN terms;
CREATE INDEX scheduler_decision_container ON scheduler_decision (container_id, id DESC);
"""


class Migration(migrations.Migration):
    dependencies = [("scheduler", "0005_plans"), ("containers", "0013_decision_id"), ("hosts", "0006_gpus")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(GROUPS, BACK)],
            state_operations=[
                migrations.AddField("decision", "members", models.JSONField(default=list)),
                migrations.AddField("decision", "terms", models.JSONField(default=list)),
                *(
                    migrations.RemoveField("decision", name)
                    for name in ("container_id", "slot_id", "host_id", "host_name", "score")
                ),
            ],
        ),
    ]
