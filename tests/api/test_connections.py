"""Whoever waits for an engine keeps no connection of the database meanwhile: a slow engine must not use them up."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from containers import demo, registries
from containers.logs import read_logs
from containers.states import Status
from core.accounts.models import cluster_id
from hosts.connect import answers
from hosts.engine.fake import forget
from hosts.models import Host
from tests import rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host() -> Iterator[Host]:
    forget("rows")
    yield rows.host("h1")
    forget("rows")


def asks(host: Host) -> None:
    Host.objects.filter(pk=host.pk).update(reachable="suspect")
    host.refresh_from_db()
    assert answers(host, cluster=cluster_id())


def reads(host: Host) -> None:
    row = rows.slot("web")
    rows.bind(row, host)
    rows.advance(row, Status.RUNNING)
    row.refresh_from_db()
    read_logs(row, tail=5)


def tries(host: Host) -> None:
    assert registries.tried(registries.Login("registry.test", "anna", "secret")).message


def provides(host: Host) -> None:
    demo._import_unless_there(host)


@pytest.mark.parametrize("wait", [asks, reads, tries, provides])
def test_no_connection_is_kept_while_an_engine_is_asked(host: Host, wait: Callable[[Host], None]) -> None:
    wait(host)
    assert connection.connection is None  # nothing was asked of the database after the engine
