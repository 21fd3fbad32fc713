"""`world`: each test of the suite on the fake and on real engines. `kinds` narrows it where a fault has no meaning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.world import FakeWorld, FarWorld, RealWorld, World

KINDS = ("fake", "far", "unix", "tcp")
IN_PROCESS: dict[str, type[World]] = {"fake": FakeWorld, "far": FarWorld}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "world" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("kinds")
        kinds = only.args if only else KINDS
        real = pytest.mark.engine
        metafunc.parametrize(
            "world", [pytest.param(k, marks=() if k in IN_PROCESS else real) for k in kinds], indirect=True
        )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "kinds(*names): only these bodies can show it")


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    kind = request.param
    made: World
    if kind in IN_PROCESS:
        made = IN_PROCESS[kind]()
    else:
        lab = request.getfixturevalue("lab")
        request.getfixturevalue("engines")
        made = RealWorld(lab, kind)
    yield made
    made.close()
