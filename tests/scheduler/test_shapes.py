"""What a row asks of placement: one that is wrong stops no other, and what nobody asks about keeps no two apart."""

import json

import pytest

from containers.spec import dump, parse, spec_hash
from scheduler.placement.company import Kin
from scheduler.placement.policy import SPREAD, policy
from scheduler.policies import Policies, UnknownPolicy
from scheduler.shapes import Asked, Shapes
from tests.placement.fleets import H, fleet

POLICIES = Policies({"spread": policy("spread", {"spread": 1}), "few": SPREAD}, {})


def asked(service: str | None, **fields: object) -> Asked:
    spec = parse({"name": "web", "image": "web:1", **fields})
    return Asked(spec_hash(spec), json.dumps(dump(spec)), 100, 0, "", "", "", None, service)


def test_one_that_names_no_policy_that_is_there_stops_no_other() -> None:
    shapes = Shapes(fleet(H("a")), POLICIES)
    lost, limited = asked("lost", placement_policy="none"), asked("web", max_per={"host": 1})
    broken = Asked("no-hash", "{}", 0, 0, "", "", "", None, "web")
    assert shapes.kin([(1, lost), (1, broken), (1, limited)]) == {Kin(1, "service", "web")}
    assert shapes.of(limited, project=1).at_most[0].most == 1
    with pytest.raises(UnknownPolicy, match="there are few, spread"):
        shapes.of(lost, project=1)


def test_services_share_a_shape_until_a_rule_or_a_policy_asks() -> None:
    shapes = Shapes(fleet(H("a")), POLICIES)
    one, other, shy = asked("one"), asked("other"), asked("shy", affinity=[{"service": "one", "apart": True}])
    assert shapes.kin([(1, one), (1, other)]) == set()
    assert shapes.of(one, project=1) is shapes.of(other, project=2)
    shapes = Shapes(fleet(H("a")), POLICIES)
    assert shapes.kin([(1, one), (1, other), (1, shy)]) == {Kin(1, "service", "one")}
    assert shapes.of(one, project=1).counted == {Kin(1, "service", "one")}
    assert shapes.of(other, project=1).counted == frozenset()
    few = asked("few", placement_policy="few")
    assert shapes.kin([(1, few)]) >= {Kin(1, "service", "few")}
    assert shapes.of(few, project=1).own == Kin(1, "service", "few")
