"""ProjectPolicy.from_json: what an admin may grant, and the words for what cannot be granted."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers.policy import ProjectPolicy
from containers.spec import SpecErrors
from tests.spec.strategies import json_values


def test_nothing_granted_is_the_default() -> None:
    assert ProjectPolicy.from_json({}) == ProjectPolicy.from_json(None) == ProjectPolicy()
    assert list(ProjectPolicy().relaxed()) == []


def test_what_is_granted_is_read_in_one_spelling() -> None:
    assert ProjectPolicy.from_json(
        {
            "allowed_bind_prefixes": ["/srv//data/"],
            "allow_privileged": True,
            "extra_capabilities": ["cap_net_admin", "SYS_TIME"],
            "allow_host_network": True,
            "max_priority": 100,
        }
    ) == ProjectPolicy(("/srv/data",), True, ("NET_ADMIN", "SYS_TIME"), True, 100)


@pytest.mark.parametrize(
    ("data", "pointer", "words"),
    [
        ([], "", "as an object"),
        ({"allow_priviledged": True}, "/allow_priviledged", "did you mean allow_privileged"),
        ({"privileged": True}, "/privileged", "did you mean allow_privileged"),
        ({"allow_privileged": "yes"}, "/allow_privileged", "true or false"),
        ({"allowed_bind_prefixes": "/srv"}, "/allowed_bind_prefixes", "list of paths"),
        ({"allowed_bind_prefixes": ["srv"]}, "/allowed_bind_prefixes/0", "absolute"),
        ({"allowed_bind_prefixes": ["/srv/../etc"]}, "/allowed_bind_prefixes/0", "absolute"),
        ({"allowed_bind_prefixes": ["/"]}, "/allowed_bind_prefixes/0", "socket"),
        ({"allowed_bind_prefixes": ["/var"]}, "/allowed_bind_prefixes/0", "socket"),
        ({"allowed_bind_prefixes": ["/var/run/"]}, "/allowed_bind_prefixes/0", "socket"),
        ({"allowed_bind_prefixes": ["/run/docker.sock"]}, "/allowed_bind_prefixes/0", "socket"),
        ({"extra_capabilities": ["ALL"]}, "/extra_capabilities/0", "one of"),
        ({"extra_capabilities": ["NET_ADMIM"]}, "/extra_capabilities/0", "one of"),
        ({"max_priority": -1}, "/max_priority", "from 0 to 1000"),
        ({"extra_capabilities": [5]}, "/extra_capabilities/0", "one of"),
    ],
)
def test_what_cannot_be_granted_is_named(data: Any, pointer: str, words: str) -> None:
    with pytest.raises(SpecErrors) as caught:
        ProjectPolicy.from_json(data)
    (error,) = caught.value.errors
    assert error.pointer == pointer
    assert words in error.message


FIELDS = ["allowed_bind_prefixes", "allow_privileged", "extra_capabilities", "allow_host_network", "max_priority"]


@given(json_values | st.dictionaries(st.sampled_from(FIELDS), json_values))
@settings(deadline=None)
def test_any_json_is_read_or_refused(data: Any) -> None:
    with suppress(SpecErrors):
        assert ProjectPolicy.from_json(data).allow_privileged in (True, False)
