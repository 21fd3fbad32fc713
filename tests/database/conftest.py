"""A server of its own for each test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestra.database.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "var")
    yield server
    server.stop()
