"""What differs between two specs: the table, and that the differences alone make one of the other."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers.spec.diff import Difference, differences

LEAF = st.one_of(st.text("ab", max_size=2), st.integers(0, 3), st.booleans())
LEAVES = st.dictionaries(st.text("ab/~", min_size=1, max_size=2), LEAF, min_size=1, max_size=3)
SPECS = st.dictionaries(
    st.sampled_from(["env", "labels", "ports", "image"]),
    st.one_of(LEAF, LEAVES, st.lists(st.one_of(LEAF, LEAVES), max_size=3)),
)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"image": "a"}, {"image": "a"}, []),
        ({"image": "a"}, {"image": "b"}, [("/image", "a", "b")]),
        ({"init": True}, {"init": 1}, [("/init", True, 1)]),
        ({"env": {"A": "1", "B": "2"}}, {"env": {"B": "3"}}, [("/env/A", "1", None), ("/env/B", "2", "3")]),
        ({}, {"env": {"A/B": "1"}}, [("/env/A~1B", None, "1")]),
        ({"env": {"A": "1"}}, {}, [("/env/A", "1", None)]),
        ({"command": ["a", "b"]}, {"command": ["a", "c", "d"]}, [("/command/1", "b", "c"), ("/command/2", None, "d")]),
        (
            {"ports": [{"container_port": 80}]},
            {"ports": [{"container_port": 81}]},
            [("/ports/0/container_port", 80, 81)],
        ),
        ({}, {"command": ["a"]}, [("/command", None, ["a"])]),
        ({"entrypoint": []}, {}, [("/entrypoint", [], None)]),
        ({"health_check": {"test": ["NONE"]}}, {"health_check": "x"}, [("/health_check", {"test": ["NONE"]}, "x")]),
    ],
)
def test_the_table(before: Any, after: Any, told: list[tuple[str, Any, Any]]) -> None:
    assert differences(before, after) == [Difference(*one) for one in told]


def applied(spec: Any, found: list[Difference]) -> Any:
    """The spec with all differences done: first what is there afterwards, then what goes, from the end of lists."""
    made = json.loads(json.dumps(spec))
    there, gone = ([one for one in found if (one.after is None) is removed] for removed in (False, True))
    for one in (*there, *reversed(gone)):
        *way, last = [step.replace("~1", "/").replace("~0", "~") for step in one.path.split("/")[1:]]
        at = made
        for step in way:
            at = at.setdefault(step, {}) if isinstance(at, dict) else _entry(at, int(step))
        key: Any = int(last) if isinstance(at, list) else last
        if one.after is None:
            del at[key]
        elif isinstance(at, list) and key == len(at):
            at.append(one.after)
        else:
            at[key] = one.after
    return pruned(made)


def _entry(at: list[Any], index: int) -> Any:
    if index == len(at):
        at.append({})
    return at[index]


def pruned(value: Any) -> Any:
    """Without objects that have become empty, which no canonical spec has."""
    if isinstance(value, dict):
        return {key: kept for key, one in value.items() if (kept := pruned(one)) != {}}
    return [kept for one in value if (kept := pruned(one)) != {}] if isinstance(value, list) else value


@given(SPECS, SPECS)
def test_the_differences_are_all_there_is(before: Any, after: Any) -> None:
    found = differences(before, after)
    assert json.dumps(applied(before, found), sort_keys=True) == json.dumps(after, sort_keys=True)
    assert (found == []) == (json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True))
