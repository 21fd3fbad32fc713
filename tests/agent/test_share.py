"""Sharing the hosts: who holds which, and that one bad host keeps no other waiting."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db.models import F

from containers.agent.share import Share
from core.lib.lease import LeaseTimes, Presence
from hosts import actions
from hosts.engine.fake import forget
from hosts.models import Host, HostHold, Process
from tests import rows

pytestmark = pytest.mark.django_db(transaction=True)


def agent(name: str) -> Share:
    """An agent that has entered and looks only when it is told to."""
    presence = Presence(table="hosts_process", role="agent", name=name, times=LeaseTimes())
    presence._enter()
    return Share(presence, cluster="cluster-of-tests", actor=f"agent:{name}")


def look(*shares: Share) -> None:
    """Each looks once, knowing who is live."""
    live = frozenset(share.presence.incarnation for share in shares)
    for share in shares:
        share.presence.live = live
        share.look()


@pytest.fixture
def hosts() -> Iterator[list[Host]]:
    yield [rows.host(f"h{number}") for number in range(4)]
    forget("rows")


def holders() -> dict[str, int]:
    """How many hosts each incarnation holds."""
    found: dict[str, int] = {}
    for hold in HostHold.objects.exclude(agent=None):
        found[str(hold.agent)] = found.get(str(hold.agent), 0) + 1
    return found


def test_one_agent_takes_all_and_shares_with_a_second(hosts: list[Host]) -> None:
    first, second = agent("a"), agent("b")
    try:
        look(first)
        assert holders() == {str(first.presence.incarnation): 4}
        for _ in range(4):
            look(first, second)
        assert sorted(holders().values()) == [2, 2]
    finally:
        first.leave()
        second.leave()


def test_the_hosts_of_a_retired_agent_pass_on_and_epochs_rise(hosts: list[Host]) -> None:
    first, second = agent("a"), agent("b")
    try:
        look(first)
        before = dict(HostHold.objects.values_list("host_id", "epoch"))
        first.drop_all()
        Process.objects.filter(pk=first.presence.incarnation).update(retired=True)
        look(second)
        assert holders() == {str(second.presence.incarnation): 4}
        after = dict(HostHold.objects.values_list("host_id", "epoch"))
        assert all(after[key] > before[key] for key in before)
    finally:
        second.leave()


def test_a_host_of_a_live_agent_is_not_taken(hosts: list[Host]) -> None:
    first, second = agent("a"), agent("b")
    try:
        look(first)
        second.presence.live = frozenset({second.presence.incarnation})  # it has not yet seen the first
        second.look()
        assert holders() == {str(first.presence.incarnation): 4}
    finally:
        first.leave()
        second.leave()


def test_a_host_whose_keys_cannot_be_opened_keeps_no_other_waiting(hosts: list[Host]) -> None:
    Host.objects.filter(pk=hosts[0].pk).update(tls_sealed=b"not sealed by us")
    share = agent("a")
    try:
        look(share)
        assert {row.host_id for row, _ in share._workers.values()} == {host.pk for host in hosts[1:]}
        condition = Host.objects.get(pk=hosts[0].pk).conditions["keys"]
        assert condition["status"] == "bad"
        assert "ORCHESTRA_VAULT_KEYS" in condition["message"]
        assert Host.objects.get(pk=hosts[0].pk).reachable == "suspect"  # nobody asks it any more
        Host.objects.filter(pk=hosts[0].pk).update(tls_sealed=None, generation=F("generation") + 1)
        look(share)
        assert Host.objects.get(pk=hosts[0].pk).conditions["keys"]["status"] == "ok"
    finally:
        share.leave()


def test_only_what_opens_the_door_opens_it_again(hosts: list[Host]) -> None:
    """A host that is cordoned or gets a label goes on with the calls under way; one with a new address does not."""
    share = agent("a")
    try:
        look(share)
        before = {key: worker for key, (_, worker) in share._workers.items()}
        actions.cordon(hosts[0], actor="user:a")
        actions.update(hosts[1], actions.Changes(labels={"zone": "b"}), actor="user:a")
        actions.update(hosts[2], actions.Changes(url="fake://rows/elsewhere"), actor="user:a")
        look(share)
        again = {key for key, (_, worker) in share._workers.items() if worker is not before[key]}
        assert again == {hosts[2].pk}
    finally:
        share.leave()


def test_a_host_is_let_go_before_its_calls_are_cut_off(hosts: list[Host], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a call that is cut off makes of its container must not be written: the hold has passed on by then."""
    first, second = agent("a"), agent("b")
    try:
        look(first)
        held: list[bool] = []
        for key, (row, worker) in first._workers.items():
            close = worker.hands.engine.close

            def closing(key: int = key, epoch: int = row.epoch, close: Callable[[], None] = close) -> None:
                held.append(HostHold.objects.get(pk=key).epoch == epoch)
                close()

            monkeypatch.setattr(worker.hands.engine, "close", closing)
        look(first, second)
        assert held == [False]
    finally:
        first.drop_all()
        first.leave()
        second.leave()


def test_nobody_is_left_behind(hosts: list[Host]) -> None:
    share = agent("a")
    look(share)
    share.leave()
    assert holders() == {}
    assert not [t for t in threading.enumerate() if t.name.startswith(("_turns-", "_pings-"))]
