"""What a simulation consists of: as many as asked for, the same each time, and room for all of it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from containers.spec import parse, parse_service
from hosts.engine import EngineAddress
from hosts.engine.fake import FakeEngine, FakeHost, fake_host, forget
from orchestra.simulation import trace
from orchestra.simulation.load import DAY_S, Load
from orchestra.simulation.made_up import MadeUp, MadeUpHost, made_up
from orchestra.simulation.words import made_up_by, trials_by
from orchestra.simulation.world import Trials, World

WORDS: dict[str, Any] = {"hosts": None, "containers": None, "trace": None, "churn": "0", "failures": "0", "load": "day"}
NODES = "sn,cpu_milli,memory_mib,gpu,model\nn-0,64000,262144,2,P100\nn-1,32000,131072,0,\n"
PODS = (
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"
    "p-0,12000,16384,1,460,\np-1,4000,8192,0,0,\np-2,6000,12288,2,1000,\n"
)


@pytest.mark.parametrize(("hosts", "containers"), [(1, 1), (20, 200), (1_000, 50_000), (7, 100_000)])
def test_there_is_what_was_asked_for_and_room_for_it(hosts: int, containers: int) -> None:
    made = made_up(hosts, containers)
    assert (len(made.hosts), made.wanted) == (hosts, containers)
    assert made == made_up(hosts, containers)
    specs = [parse_service(dict(one)) for one in made.services]
    assert len({one.name for one in specs}) == len(specs)
    single = [parse(dict(one)).resources for one in made.containers]
    asked = [(one.container.resources, one.replicas) for one in specs] + [(one, 1) for one in single]
    cpu = sum(one.cpu_request_millis * times for one, times in asked)
    assert cpu <= sum(one.cpu_count for one in made.hosts) * 1000 * 0.9


def test_a_trace_is_played_as_it_was(tmp_path: Path) -> None:
    (tmp_path / trace.NODES).write_text(NODES)
    (tmp_path / trace.DEFAULT).write_text(PODS)
    made = made_up_by({**WORDS, "trace": tmp_path})
    assert made.hosts[0] == MadeUpHost("n-0", 64, 262144, {"gpu": "P100"}, {"gpu-millis": 2000})
    assert made.hosts[1].resources == {}
    specs = [parse(dict(one)) for one in made.containers]
    assert [(one.name, one.resources.cpu_request_millis, one.needs) for one in specs] == [
        ("p-0", 12000, (("gpu-millis", 460),)),
        ("p-1", 4000, ()),
        ("p-2", 6000, (("gpu-millis", 2000),)),
    ]
    assert made_up_by({**WORDS, "trace": tmp_path, "hosts": 1, "containers": 2}).wanted == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"hosts": 0}, "--hosts takes 1 to"),
        ({"containers": 10**9}, "--containers takes 1 to"),
        ({"trace": Path("/nowhere")}, "--trace takes a folder with openb_node_list_gpu_node.csv"),
        ({"churn": "often"}, "--churn takes a number such as 5 or 5/s, not 'often'"),
        ({"failures": "-1"}, "--failures takes a number such as 5 or 5/min"),
    ],
)
def test_words_that_make_no_sense_are_told(more: dict[str, Any], words: str) -> None:
    read = trials_by if more.keys() & {"churn", "failures"} else made_up_by
    with pytest.raises(CommandError, match=words):
        read({**WORDS, **more})
    assert trials_by({**WORDS, "churn": "2.5/s"}) == Trials(2.5, 0, "day")


def world_of(trials: Trials) -> tuple[World, list[FakeHost], list[str]]:
    forget("simulated")
    made = MadeUp([MadeUpHost(f"h-{n}", 8, 4096) for n in range(4)], ())
    said: list[str] = []
    world = World(made.hosts, trials, say=said.append)
    return world, [fake_host(one.url) for one in made.hosts], said


def test_hosts_fail_one_at_a_time_and_come_back() -> None:
    world, hosts, said = world_of(Trials(failures_per_min=60))
    for second in range(10):
        world.pass_time(1.0, float(second))
        assert sum(host.mode != "ok" for host in hosts) <= 1
    assert len(said) >= 1
    world.pass_time(0.0, 1_000.0)
    assert all(host.mode == "ok" for host in hosts)
    assert said[-1].endswith("is back")


def test_programs_end_as_often_as_asked() -> None:
    world, hosts, _ = world_of(Trials(churn_per_s=2))
    hosts[0].add_image("x")
    with hosts[0].turn:
        engine = FakeEngine(EngineAddress("fake://simulated/h-0"), cluster="c")
        for number in range(12):
            engine.create(f"c-{number}", {"Image": "x"})
            engine.start(f"c-{number}")
    world.pass_time(3.0, 3.0)
    assert len(hosts[0].running()) >= 6  # each crash found one to end, or none on the other hosts
    world.pass_time(30.0, 33.0)
    assert len(hosts[0].running()) < 6


def test_a_day_has_a_night() -> None:
    _, hosts, _ = world_of(Trials())
    host = hosts[0]
    host.add_image("x")
    FakeEngine(EngineAddress("fake://simulated/h-0"), cluster="c").create("c", {"Image": "x"})
    now_s = 0.0
    day, flat = (Load(curve, lambda: now_s)(host.find("c"))[0] for curve in ("day", "flat"))
    now_s = DAY_S / 2
    noon = Load("day", lambda: now_s)(host.find("c"))[0]
    assert day < 0.6 * noon
    assert day < flat < noon
