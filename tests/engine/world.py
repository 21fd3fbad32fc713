"""One engine as the suite sees it: the client under test, the images there, and the faults of the host behind it.

Four bodies: the fake, the fake served by another process's door, a real engine over its unix socket, a real engine over
TCP with mutual TLS. A test may ask for what only some can show (`kinds`), never for another result.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hosts.engine import Engine, EngineAddress, open_engine
from hosts.engine.fake import FarEngine, fake_host, forget
from hosts.engine.fake.fleet import repository
from hosts.engine.fake.serve import FleetServer
from hosts.engine.types import LABEL_CLUSTER
from tests.lab import Lab
from tests.lab.registry import LOGIN

CLUSTER = "suite"
T = TypeVar("T")


def until(look: Callable[[], T], *, timeout_s: float = 8.0) -> T:
    """The first true answer, or the last one."""
    end = time.monotonic() + timeout_s
    while not (answer := look()) and time.monotonic() < end:
        time.sleep(0.03)
    return answer


class World(ABC):
    kind: str
    address: EngineAddress

    def __init__(self) -> None:
        self._opened: list[Engine] = []
        self.engine = self.open()

    def open(self, *, deadline_s: float = 5.0, cluster: str = CLUSTER, pool: int = 8) -> Engine:
        """Another client of the same engine; the world closes it."""
        engine = open_engine(self.address, cluster=cluster, deadline_s=deadline_s, pool=pool)
        self._opened.append(engine)
        return engine

    def body(self, *act: str, image: str = "act:1", **host_config: Any) -> dict[str, Any]:
        labels = {LABEL_CLUSTER: CLUSTER, "colour": "red"}
        return {"Image": self.image(image), "Cmd": ["act", *act], "Labels": labels, "HostConfig": host_config}

    def make(self, name: str, *act: str, **host_config: Any) -> str:
        """Created, its image pulled."""
        self.engine.pull(self.image("act:1"))
        return self.engine.create(name, self.body(*act, **host_config))

    def run(self, name: str, *act: str, **host_config: Any) -> str:
        made = self.make(name, *act, **host_config)
        self.engine.start(name)
        return made

    def close(self) -> None:
        for engine in self._opened:
            engine.close()

    @abstractmethod
    def image(self, name: str) -> str: ...

    @abstractmethod
    def registry(self) -> str: ...

    @abstractmethod
    def private_image(self, name: str) -> str:
        """In a registry that wants tests.lab.registry.LOGIN, and not present on the engine."""

    @abstractmethod
    def forget_image(self, name: str) -> None: ...

    @abstractmethod
    def freeze(self) -> None: ...

    @abstractmethod
    def cut(self) -> None: ...

    @abstractmethod
    def kill_engine(self) -> None: ...

    @abstractmethod
    def recover(self) -> None: ...


class FakeWorld(World):
    kind = "fake"

    def __init__(self) -> None:
        forget("suite")
        self.address = EngineAddress("fake://suite/one")
        self.host = fake_host(self.address.url)
        for name in ("act:1", "act:2", "web:1", "foreign:1", "big:1"):
            architecture = "s390x" if name.startswith("foreign") else "amd64"
            self.host.fleet.publish(self.image(name), architecture=architecture, version=name)
        super().__init__()

    def image(self, name: str) -> str:
        return f"registry:5000/lab/{name}"

    def registry(self) -> str:
        return "registry:5000"

    def private_image(self, name: str) -> str:
        self.host.fleet.logins["registry:5002"] = dict([LOGIN])
        ref = f"registry:5002/lab/{name}"
        self.host.fleet.publish(ref, version=name)
        self._forget(ref)
        return ref

    def forget_image(self, name: str) -> None:
        self._forget(self.image(name))

    def _forget(self, ref: str) -> None:
        with self.host.turn:
            mine = [one for one in self.host.images if repository(one) == repository(ref)]
            for one in mine:
                del self.host.images[one]

    def freeze(self) -> None:
        self.host.freeze()

    def cut(self) -> None:
        self.host.cut()

    def kill_engine(self) -> None:
        self.host.refuse()

    def recover(self) -> None:
        self.host.thaw()


class FarWorld(FakeWorld):
    """The same fake behind a socket, as agents, scheduler and web of a simulation reach it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="orchestra-far-"))
        self._server = FleetServer(self._folder / "fleet.sock")
        self._server.start()
        super().__init__()

    def open(self, *, deadline_s: float = 5.0, cluster: str = CLUSTER, pool: int = 8) -> Engine:
        socket = str(self._server.socket)
        engine = FarEngine(self.address, socket=socket, cluster=cluster, deadline_s=deadline_s)
        self._opened.append(engine)
        return engine

    def close(self) -> None:
        super().close()
        self._server.stop()
        shutil.rmtree(self._folder)


class RealWorld(World):
    def __init__(self, lab: Lab, kind: str) -> None:
        self.lab = lab
        self.host = lab.hosts[0]
        self.kind = kind
        self.address = self.host.unix if kind == "unix" else self.host.tcp
        super().__init__()

    def image(self, name: str) -> str:
        return self.lab.image(name)

    def registry(self) -> str:
        return self.lab.registry.address

    def private_image(self, name: str) -> str:
        ref = self.lab.private_registry().image(name)
        self._forget(ref)
        return ref

    def forget_image(self, name: str) -> None:
        self._forget(self.image(name))

    def _forget(self, ref: str) -> None:
        repo = repository(ref)
        for image in self.host.api("GET", "/images/json"):
            if any(repository(ref) == repo for ref in image["RepoDigests"] or ()):
                self.host.api("DELETE", f"/images/{image['Id']}?force=1")

    def freeze(self) -> None:
        self.host.freeze()

    def cut(self) -> None:
        self.host.cut()

    def kill_engine(self) -> None:
        self.host.kill()

    def recover(self) -> None:
        self.host.heal()
        self.host.start()
