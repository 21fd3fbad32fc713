"""One host of the lab: a real dockerd in namespaces of its own, with its own address, disk folder and faults.

The host is one process, the init of a pid namespace: killing it is pulling the plug. Its engine listens on TCP 2376
with mutual TLS (which a cut severs) and on a unix socket (which a cut does not).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hosts.engine.types import EngineAddress, TlsPair
from tests.lab.run import LabError, in_netns, remove_cgroups, run, wait_until

BOOT = """
set -e
read -r pid rest </proc/self/stat       # /proc is still the machine's: our pid as the lab sees it
mount -t proc proc /proc
hostname "$2"
mount -t tmpfs tmpfs /run
mkdir -p /etc/docker /var/lib/docker
mount --bind "$1/etc" /etc/docker
mount --bind "$1/data" /var/lib/docker
echo "$pid" >"$1/init.new" && mv "$1/init.new" "$1/init.pid"
exec tini -s -- sleep infinity
"""


class LabHost:
    def __init__(self, folder: Path, *, name: str, address: str, client: TlsPair | None = None) -> None:
        self.folder = folder
        self.name = name
        self.address = address
        self.socket = folder / "docker.sock"
        self._client = client
        self._boot: subprocess.Popen[bytes] | None = None
        self._touched = True  # by a fault, since the last restore

    def __repr__(self) -> str:
        return f"<{self.name} {self.address}>"

    @property
    def unix(self) -> EngineAddress:
        return EngineAddress(f"unix://{self.socket}")

    @property
    def tcp(self) -> EngineAddress:
        return EngineAddress(f"tcp://{self.address}:2376", self._client)

    # Power

    @property
    def switch(self) -> str:
        """The namespace of the lab's bridge; our port in it is named after us."""
        return self.name.rpartition("-")[0] + "-0"

    @property
    def port(self) -> str:
        return "p" + self.name.rpartition("-")[2]

    @property
    def pid(self) -> int | None:
        """Of the host's init, while it lives."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "init.pid").read_text())
            return pid if in_netns(pid, self.name) else None
        return None

    def power_on(self) -> None:
        if self.pid is not None:
            return
        self.heal()
        for name in ("data", "etc"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "init.pid").unlink(missing_ok=True)
        boot = ["nsenter", f"--net=/run/netns/{self.name}", "unshare", "--mount", "--uts", "--ipc", "--pid", "--fork"]
        with (self.folder / "boot.log").open("wb") as log:
            self._boot = subprocess.Popen(
                [*boot, "--", "bash", "-c", BOOT, "boot", str(self.folder), self.name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(lambda: self.pid, timeout_s=10, what=lambda: f"{self.name}: {self._tail('boot.log')}")

    def off(self) -> None:
        """Without power: everything on it dies at once, nobody answers, nobody refuses."""
        pid = self.pid
        self.cut()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not Path(f"/proc/{pid}").exists(), timeout_s=10, what=lambda: f"{self.name} lives on")
        if self._boot is not None:
            self._boot.wait(timeout=10)
        remove_cgroups(self.name)

    def on(self) -> None:
        self.power_on()
        self.start()

    # The engine

    def launch(self, *extra: str) -> None:
        """Starts dockerd without waiting for it."""
        if self.engine_pid() is not None:
            return
        tls = self.folder / "tls"
        command = ["dockerd", "-H", f"unix://{self.socket}", "-H", "tcp://0.0.0.0:2376", "--tlsverify"]
        command += ["--tlscacert", f"{tls}/ca.pem", "--tlscert", f"{tls}/cert.pem", "--tlskey", f"{tls}/key.pem"]
        command += ["--cgroup-parent", f"/{self.name}", "--exec-opt", "native.cgroupdriver=cgroupfs"]
        command += ["--insecure-registry", self.address.rpartition(".")[0] + ".0/24", *self.options(), *extra]
        line = " ".join(f"'{part}'" for part in command)
        self.inside("sh", "-c", f"rm -f /run/docker.pid; setsid {line} </dev/null >>'{self.folder}/engine.log' 2>&1 &")

    def options(self) -> list[str]:
        """Extra words for dockerd, kept with the host so that it starts the same way each time."""
        with contextlib.suppress(OSError):
            return (self.folder / "options").read_text().split()
        return []

    def await_engine(self) -> None:
        wait_until(self.answers, timeout_s=60, what=lambda: f"{self.name}: {self._tail('engine.log')}")

    def start(self) -> None:
        self.launch()
        self.await_engine()

    def engine_pid(self) -> int | None:
        """As seen inside the host."""
        found = self.inside(
            "sh", "-c", "p=$(cat /run/docker.pid) && grep -q dockerd /proc/$p/comm && echo $p", check=False
        )
        return int(found) if found.strip() else None

    def _signal(self, name: str) -> None:
        self._touched = True
        pid = self.engine_pid()
        if pid is None:
            raise LabError(f"{self.name} has no engine running")
        self.inside("kill", f"-{name}", str(pid))

    def kill(self) -> None:
        """The engine dies at once; its containers live on until it starts again."""
        self._signal("KILL")
        wait_until(lambda: self.engine_pid() is None, timeout_s=5, what=lambda: f"{self.name}: dockerd lives on")

    def stop(self) -> None:
        """The engine ends in good order, and its containers with it."""
        self._signal("TERM")
        wait_until(lambda: self.engine_pid() is None, timeout_s=30, what=lambda: f"{self.name}: dockerd lives on")

    def freeze(self) -> None:
        """The engine stands still; its kernel still accepts connections."""
        self._signal("STOP")

    def thaw(self) -> None:
        self._signal("CONT")

    # The whole host and its wire

    def hang(self) -> None:
        """Every process of the host but its init stands still, containers too."""
        self._touched = True
        self.inside("sh", "-c", "kill -STOP -1; kill -CONT $$")

    def unhang(self) -> None:
        self.inside("sh", "-c", "kill -CONT -1", check=False)  # fails when nothing lives there

    def cut(self) -> None:
        self._touched = True
        run("ip", "-n", self.switch, "link", "set", self.port, "down")

    def loss(self, percent: int) -> None:
        """Drops this share of what comes in."""
        self._touched = True
        rule = [
            "-i",
            "eth0",
            "-m",
            "statistic",
            "--mode",
            "random",
            "--probability",
            f"{percent / 100:.2f}",
            "-j",
            "DROP",
        ]
        run("ip", "netns", "exec", self.name, "iptables", "-t", "raw", "-I", "PREROUTING", *rule)

    def heal(self) -> None:
        """Ends cut, loss, freeze and hang. Neither power nor the engine comes back by this."""
        run("ip", "-n", self.switch, "link", "set", self.port, "up")
        run("ip", "netns", "exec", self.name, "iptables", "-t", "raw", "-F", "PREROUTING", check=False)
        if self.pid is not None:
            self.unhang()

    # Looking in, without the product

    def inside(self, *command: str, check: bool = True) -> str:
        pid = self.pid
        if pid is None:
            if check:
                raise LabError(f"{self.name} is off")
            return ""
        return run("nsenter", "-t", str(pid), "-m", "-u", "-i", "-n", "-p", "--", *command, check=check)

    def api(self, method: str, path: str, body: object = None, *, timeout_s: float = 20) -> Any:
        """The engine's own answer over its unix socket, parsed; LabError on status >= 400."""
        connection = http.client.HTTPConnection("engine", timeout=timeout_s)
        connection.sock = socket.socket(socket.AF_UNIX)
        with contextlib.closing(connection):
            connection.sock.settimeout(timeout_s)
            connection.sock.connect(str(self.socket))
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        if answer.status >= 400:
            raise LabError(f"{self.name}: {method} {path}: {answer.status} {text}")
        return json.loads(text) if text.startswith(("{", "[")) and "\n{" not in text else text

    def answers(self) -> bool:
        try:
            return bool(self.api("GET", "/_ping", timeout_s=1) == "OK")
        except (OSError, LabError, http.client.HTTPException):
            return False

    def containers(self, **labels: str) -> list[dict[str, Any]]:
        """All of them, in the engine's own words."""
        filters = quote(json.dumps({"label": [f"{k}={v}" for k, v in labels.items()]}))
        found: list[dict[str, Any]] = self.api("GET", f"/containers/json?all=1&filters={filters}")
        return found

    def docker(self, *arguments: str) -> str:
        """The Docker command line, on this host's engine."""
        return run("docker", "-H", f"unix://{self.socket}", *arguments)

    def restore(self) -> None:
        """As new for the next test: powered, healed, its engine up, no containers, no volumes. Images stay."""
        if self._touched or not self.answers():
            self.heal()
            self.on()
            self._touched = False
        for container in self.containers():
            with contextlib.suppress(LabError):
                self.api("DELETE", f"/containers/{container['Id']}?force=1&v=1")
        for volume in self.api("GET", "/volumes")["Volumes"] or []:
            with contextlib.suppress(LabError):
                self.api("DELETE", f"/volumes/{volume['Name']}?force=1")

    def _tail(self, name: str) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / name).read_text()[-1500:]
        return f"no {name}"
