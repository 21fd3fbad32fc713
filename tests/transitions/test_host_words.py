"""What is written of hosts: at the database's clock, under a lock that lets binding refer to the host meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from containers import actions
from containers.transitions import Observation, observe_many
from core.lib.clock import database_now
from core.lib.lease import Hold
from hosts.actions import cordon
from hosts.conditions import declare_dead, set_condition, set_reachable
from hosts.models import Host, HostHold
from hosts.states import Reachable
from tests import rows


def held(host: Host) -> Hold:
    return Hold(HostHold._meta.db_table, "host_id", host.pk, 0)


@pytest.mark.django_db
def test_times_are_the_databases() -> None:
    host, now = rows.host("h1"), database_now()  # all of a test is one transaction
    set_reachable(host.pk, Reachable.SUSPECT, message="silent", actor="agent:a", hold=held(host))
    set_condition(host.pk, "disk", bad=True, message="full", actor="agent:a", hold=held(host))
    host.refresh_from_db()
    assert host.reachable_since == now
    assert datetime.fromisoformat(host.conditions["disk"]["since"]) == now
    row = rows.slot("web")
    observe_many([Observation(row.pk, {"not_before": now + timedelta(hours=1)})], actor="scheduler")
    assert actions.restart(row, actor="user:anna").not_before == now


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["dead", "cordon"])
def test_binding_may_refer_to_a_host_that_is_being_written(verb: str) -> None:
    host = rows.host("h1")
    Host.objects.update(reachable="suspect")

    def refer() -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM hosts_host WHERE id = %s FOR KEY SHARE NOWAIT", [host.pk])
                return True
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        if verb == "dead":
            declare_dead(host.pk, actor="user:anna")
        else:
            cordon(host, actor="user:anna")
        assert pool.submit(refer).result()
