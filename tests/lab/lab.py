"""The lab as a whole: its number, its switch, its hosts up and down, and what remains of labs whose owner died.

Lab number n owns 172.30.<n>.0/24, everything named ort<n>-*, and one folder. A lock held by the owner tells a living
lab from a dead one; a guard process outlives the owner and clears up after it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from hosts.engine.types import TlsPair
from tests.lab.certs import Authority
from tests.lab.host import LabHost
from tests.lab.registry import Registry, end_registry
from tests.lab.run import NETNS, LabError, end_netns, remove_cgroups, run

T = TypeVar("T")

ROOT = Path(tempfile.gettempdir())
NUMBERS = range(1, 200)
NEEDED = ("dockerd", "docker-registry", "ip", "iptables", "busybox", "tini", "nsenter", "unshare")


class Lab:
    """Made by `up` or `attach`; a context manager that takes it down."""

    def __init__(self, number: int, lock: int | None) -> None:
        self.number = number
        self.folder = folder_of(number)
        self.prefix = f"ort{number}"
        self.net = f"172.30.{number}"
        self.hosts: list[LabHost] = []
        self.registry = Registry(self.folder / "registry", address=f"{self.net}.1:5000")
        self._private: Registry | None = None
        self._lock = lock
        self._guard: subprocess.Popen[bytes] | None = None
        self._authority = Authority.new(self.prefix)
        self._client = self._authority.client()

    @classmethod
    def up(cls, count: int, *, number: int | None = None, options: str = "", keep: bool = False) -> Lab:
        """`count` hosts with their engines answering. `options` go to every dockerd; `keep` leaves it after our end."""
        check_machine()
        clear_dead()
        lab = cls(*claim(number))
        try:
            lab.folder.mkdir()
            lab._watch_over(keep)
            lab._plug_switch()
            lab.registry.start()
            lab.grow(count, options=options)
        except BaseException:
            lab.down()
            raise
        return lab

    @classmethod
    def attach(cls, number: int) -> Lab:
        """A lab that somebody left up, with its faults at hand."""
        lab = cls(number, None)
        if not lab.folder.is_dir():
            raise LabError(f"there is no lab {number}")
        numbers = sorted(int(p.name) for p in lab.folder.iterdir() if p.name.isdigit())
        tls = lab.folder / "client"
        lab._client = TlsPair(*((tls / f"{part}.pem").read_text() for part in ("ca", "cert", "key")))
        lab.hosts = [lab._host(n) for n in numbers]
        return lab

    def grow(self, count: int, *, options: str = "") -> None:
        """More hosts, until there are `count`."""
        write_pair(self.folder / "client", self._client)
        fresh = [self._host(n) for n in range(len(self.hosts) + 1, count + 1)]
        for host in fresh:
            host.folder.mkdir()
            (host.folder / "options").write_text(options)
            write_pair(host.folder / "tls", self._authority.server(host.name, address=host.address))
            self._wire(host)
        in_parallel(LabHost.power_on, fresh)
        in_parallel(LabHost.launch, fresh)
        in_parallel(LabHost.await_engine, fresh)
        self.hosts += fresh

    def down(self) -> None:
        remove(self.number)
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait(timeout=30)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def image(self, name: str) -> str:
        """The full reference of one of the lab's images: act:1, act:2, web:1, web:2, arm:1, big:1."""
        return self.registry.image(name)

    def private_registry(self) -> Registry:
        """Another registry, which wants tests.lab.registry.LOGIN; started on first use."""
        if self._private is None:
            self._private = Registry(self.folder / "private", address=f"{self.net}.1:5002", private=True)
            self._private.start()
        return self._private

    def restore(self) -> None:
        in_parallel(LabHost.restore, self.hosts)

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.down()

    def _host(self, number: int) -> LabHost:
        return LabHost(
            self.folder / str(number),
            name=f"{self.prefix}-{number}",
            address=f"{self.net}.{10 + number}",
            client=self._client,
        )

    def _watch_over(self, keep: bool) -> None:
        """The guard's stdin ends when we do, however we end."""
        if keep:
            (self.folder / "keep").touch()
            return
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "tests.lab.guard", str(self.number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
        )

    def _plug_switch(self) -> None:
        """The bridge has a namespace of its own, where no dockerd of this machine writes iptables rules."""
        switch, up = f"{self.prefix}-0", f"{self.prefix}up"
        run("ip", "netns", "add", switch)
        run("ip", "-n", switch, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", switch, "link", "set", "br0", "up")
        run("ip", "link", "add", up, "type", "veth", "peer", "name", "uplink", "netns", switch)
        run("ip", "-n", switch, "link", "set", "uplink", "master", "br0", "up")
        run("ip", "addr", "add", f"{self.net}.1/24", "dev", up)
        run("ip", "link", "set", up, "up")

    def _wire(self, host: LabHost) -> None:
        """No default route on purpose: nothing leaves the lab, and outside names fail at once."""
        run("ip", "netns", "add", host.name)
        run("ip", "-n", host.name, "link", "set", "lo", "up")
        run("ip", "link", "add", host.port, "netns", host.switch, "type", "veth", "peer", "eth0", "netns", host.name)
        run("ip", "-n", host.switch, "link", "set", host.port, "master", "br0", "up")
        run("ip", "-n", host.name, "addr", "add", f"{host.address}/24", "dev", "eth0")
        run("ip", "-n", host.name, "link", "set", "eth0", "up")


def folder_of(number: int) -> Path:
    return ROOT / f"orchestra-lab-{number}"


def check_machine() -> None:
    if os.geteuid() != 0:
        raise LabError("the lab of Docker engines needs root: `sudo make test`, or `make test-pure` without it")
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        packages = "docker.io docker-registry iproute2 iptables busybox-static tini"
        raise LabError(f"the lab lacks {', '.join(missing)}: apt-get install --no-install-recommends {packages}")


def claim(number: int | None) -> tuple[int, int]:
    """A free number and its lock."""
    asked = number or int(os.environ.get("ORCHESTRA_LAB", "0"))
    for candidate in [asked] if asked else NUMBERS:
        lock = try_lock(candidate)
        if lock is not None and not folder_of(candidate).exists():
            return candidate, lock
        if lock is not None:
            os.close(lock)
    raise LabError(f"lab {asked} is in use" if asked else "all lab numbers are in use")


def try_lock(number: int) -> int | None:
    """The kernel frees it when its owner dies; None while somebody lives."""
    lock = os.open(f"{folder_of(number)}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def clear_dead() -> None:
    """Removes labs that nobody owns and nobody asked to keep."""
    for folder in ROOT.glob("orchestra-lab-*"):
        number = folder.name.rpartition("-")[2]
        if number.isdigit() and folder.is_dir() and not (folder / "keep").exists():
            lock = try_lock(int(number))
            if lock is not None:
                remove(int(number))
                os.close(lock)


def remove(number: int) -> None:
    """All of lab `number`: processes, namespaces, links, cgroups, files. Again is harmless."""
    prefix, folder = f"ort{number}", folder_of(number)
    end_registry(folder / "registry")
    end_registry(folder / "private")
    spaces = sorted(p.name for p in NETNS.glob(f"{prefix}-*"))
    in_parallel(end_netns, spaces)
    if (Path("/sys/class/net") / f"{prefix}up").exists():
        run("ip", "link", "del", f"{prefix}up", check=False)
    for space in spaces:
        remove_cgroups(space)
    shutil.rmtree(folder, ignore_errors=True)


def write_pair(folder: Path, pair: TlsPair) -> None:
    folder.mkdir(exist_ok=True, mode=0o700)
    for part, text in (("ca", pair.ca), ("cert", pair.cert), ("key", pair.key)):
        (folder / f"{part}.pem").write_text(text)


def in_parallel(act: Callable[[T], None], items: Iterable[T]) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(act, items))
