"""The policies that come with Orchestra keep the containers of a service on different hosts; what an admin has changed
stays as it is."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BEFORE = {
    "spread": {"spread": 1, "image": 1},
    "balanced": {"spread": 0.5, "balance": 0.5, "usage": 0.5, "image": 1},
}
FEWEST = 10.0
WORDS = {
    "spread": "Keep the containers of a service on different hosts, and fill all hosts alike.",
    "balanced": "Keep them apart too, take CPU and memory alike, and look at what is really used.",
}


def keep_apart(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("scheduler", "PlacementPolicy").objects
    for name, weights in BEFORE.items():
        rows.filter(name=name, weights=weights, over_label="").update(
            weights={**weights, "fewest": FEWEST}, description=WORDS[name]
        )


class Migration(migrations.Migration):
    dependencies = [("scheduler", "0007_rebalance")]

    operations = [migrations.RunPython(keep_apart, migrations.RunPython.noop)]
