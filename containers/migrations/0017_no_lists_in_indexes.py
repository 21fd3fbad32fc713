"""Entries that are alike stand one by one in the indexes that every move of a row writes into.

PostgreSQL packs alike entries into one, which saves room where rows stay, and is taken apart and packed again where they
move: a tenth of what binding cost the database. What is packed already is unpacked as its rows move.
"""

from django.db import migrations

BUSY = ("container_agent_loop", "container_delta", "container_list", "container_service_loop")


class Migration(migrations.Migration):
    dependencies = [("containers", "0016_booked_by_host")]
    operations = [
        migrations.RunSQL(
            f"ALTER INDEX {name} SET (deduplicate_items = off)", f"ALTER INDEX {name} RESET (deduplicate_items)"
        )
        for name in BUSY
    ]
