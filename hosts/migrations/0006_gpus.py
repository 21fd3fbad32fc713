"""The GPUs of hosts, one row each: how much of it containers have stands under a CHECK, as for CPU and memory."""

import django.db.models.deletion
from django.db import migrations, models

# Whoever removes a device that a container has would let it be given away again under its old name.
KEPT = """
CREATE FUNCTION hosts_gpu_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'GPU % of host % is in use', OLD.device, OLD.host_id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER hosts_hostgpu_kept BEFORE DELETE ON hosts_hostgpu
  FOR EACH ROW WHEN (OLD.millis_reserved <> 0) EXECUTE FUNCTION hosts_gpu_kept();
CREATE TRIGGER hosts_hostgpu_named BEFORE UPDATE ON hosts_hostgpu
  FOR EACH ROW WHEN (OLD.millis_reserved <> 0 AND (OLD.device, OLD.host_id) <> (NEW.device, NEW.host_id))
  EXECUTE FUNCTION hosts_gpu_kept();
"""
UNDO = """
DROP TRIGGER hosts_hostgpu_named ON hosts_hostgpu;
DROP TRIGGER hosts_hostgpu_kept ON hosts_hostgpu;
DROP FUNCTION hosts_gpu_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("hosts", "0005_resources")]
    operations = [
        migrations.AddField("host", "gpu_sharing", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("host", "gpus_said", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="HostGpu",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("device", models.CharField(max_length=128)),
                ("model", models.CharField(default="", max_length=64)),
                ("is_there", models.BooleanField(default=True)),
                ("millis_reserved", models.IntegerField(default=0)),
                (
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="gpus", to="hosts.host"
                    ),
                ),
            ],
            options={
                "ordering": ["host", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("host", "device"), name="one_gpu_per_host_and_device"),
                    models.UniqueConstraint(fields=("host", "number"), name="gpus_are_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 0), ("number__lt", 64)), name="gpu_number_sane"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("millis_reserved__gte", 0), ("millis_reserved__lte", 1000)),
                        name="gpu_given_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT, UNDO),
    ]
