"""Rules about other containers: where a group may stand, and the words about where it may not."""

from collections import Counter

from scheduler.placement import Fleet, Group, Request, Shape, place
from scheduler.placement.company import AtMost, Kin, Near
from tests.placement.fleets import H, fleet

WEB, DB = Kin(1, "service", "web"), Kin(1, "service", "db")
ZONES = [H("a1", labels={"zone": "a"}), H("a2", labels={"zone": "a"}), H("b1", labels={"zone": "b"}), H("x")]


def web(**rules: tuple[Near | AtMost, ...]) -> Shape:
    return Shape(counted=frozenset({WEB}), **rules)  # type: ignore[arg-type]


def placed(shape: Shape, count: int, there: Fleet) -> tuple[Counter[str], Group]:
    *first, last = place([Request(shape, tuple(str(n) for n in range(count)))], there)
    names = [verdict.host_name for group in (*first, last) for verdict in group.verdicts]
    return Counter(names), last


def refusals(group: Group) -> dict[str, str]:
    assert group.refused is not None
    return {one.host: f"{one.filter}: {one.reason}" for one in group.refused.refused}


def test_apart_from_its_own_kind_one_goes_to_each_host() -> None:
    names, group = placed(web(near=(Near(WEB, apart=True),)), 5, fleet(*ZONES))
    assert names == {"a1": 1, "a2": 1, "b1": 1, "x": 1, "": 1}
    assert refusals(group)["a1"] == "apart: wants to be apart from service web, 1 is there"
    assert group.refused is not None
    assert group.refused.words == ("no host fits: 4 of 4 have service web beside, from which it wants to be apart")


def test_apart_within_a_zone() -> None:
    names, group = placed(web(near=(Near(WEB, "zone", apart=True),)), 9, fleet(*ZONES))
    assert (names["a1"] + names["a2"], names["b1"]) == (1, 1)  # and as many as it likes where there is no zone
    assert names["x"] == 7
    assert group.refused is None


def test_what_is_there_may_want_to_be_apart_too() -> None:
    there = fleet(*ZONES)
    there.shunned = {(WEB, "zone"): {0: 1}}
    names, _ = placed(web(), 4, there)
    assert set(names) == {"b1", "x"}
    assert refusals(placed(web(), 1, _only(there, "a2"))[1])["a2"] == (
        "apart: what is in zone=a wants to be apart from service web"
    )


def _only(there: Fleet, name: str) -> Fleet:
    there.availability = tuple("active" if one == name else "cordoned" for one in there.names)
    there.columns.clear()
    return there


def test_beside_a_service_or_with_the_first_of_its_own() -> None:
    there = fleet(*ZONES)
    there.company = {DB: {2: 1}}
    names, _ = placed(web(near=(Near(DB, "zone"),)), 3, there)
    assert names == {"b1": 3}
    names, _ = placed(web(near=(Near(WEB, "zone"),)), 4, fleet(*ZONES))
    assert names == {"a1": 2, "a2": 2}
    there.company = {}
    names, group = placed(web(near=(Near(DB, "zone"),)), 1, there)
    assert refusals(group)["a1"] == "affinity: wants to be beside service db, none is in zone=a"
    assert refusals(group)["x"] == "affinity: has no label zone, within which it wants to be beside service db"


def test_at_most_so_many_for_each() -> None:
    names, group = placed(web(at_most=(AtMost(WEB, "zone", 3), AtMost(WEB, "host", 2))), 9, fleet(*ZONES))
    assert names == {"a1": 2, "a2": 1, "b1": 2, "": 4}
    many = "at most: zone=a has 3 of service web, at most 3 may be there"
    assert refusals(group) == {
        "a1": f"{many}; it has 2 of service web, at most 2 may be there",
        "a2": many,
        "b1": "at most: it has 2 of service web, at most 2 may be there",
        "x": "at most: has no label zone, by which service web is counted",
    }


def test_wishes_give_way() -> None:
    there = fleet(*ZONES)
    there.company = {DB: {0: 1}}
    names, _ = placed(web(likes=(Near(DB, weight=50),)), 2, there)
    assert names == {"a1": 2}
    names, _ = placed(web(likes=(Near(WEB, "zone", apart=True, weight=50),)), 4, fleet(*ZONES[:3]))
    assert names == {"a1": 1, "a2": 1, "b1": 2}
    _, group = placed(web(likes=(Near(WEB, "zone", apart=True, weight=50),)), 4, fleet(*ZONES[:3]))
    assert group.refused is None
