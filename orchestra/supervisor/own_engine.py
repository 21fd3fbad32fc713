"""The Docker engine that `up` starts where a machine has none: everything of it under VAR/engine.

It is detached and keeps its containers when it restarts (live-restore), so it outlives `up`; `manage.py engine stop`
ends it. Before: engine.py found no other engine. After: it is a host like any other.
"""

import hashlib
import ipaddress
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from core.lib.clock import monotonic_s
from orchestra.supervisor import root
from orchestra.supervisor.probe import why_silent
from orchestra.supervisor.refusal import Refusal

START_WITHIN_S = 60.0
STOP_WITHIN_S = 60.0
RELOAD_WITHIN_S = 3.0
LEAVE_WITHIN_S = 1.0
SOCKET_PATH_MAX = 66  # the longest behind it is /exec/containerd/containerd-debug.sock, and containerd takes 104 in all
BRIDGES = ipaddress.IPv4Network("10.213.0.0/16")
POOLS = "10.214.0.0/16"


class OwnEngine:
    """One dockerd of a var directory. The files and the processes are the truth; nothing is kept here."""

    def __init__(self, var: Path) -> None:
        self.home = var.absolute() / "engine"
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()
        self.bridge = os.environ.get("ORCHESTRA_ENGINE_BRIDGE") or f"orc{digest[:8]}"
        self.socket = self.home / "docker.sock"
        self.run = self.home / "run"
        if len(os.fsencode(self.run)) > SOCKET_PATH_MAX:
            self.run = Path(f"/run/orchestra-{digest[:12]}")
            self.socket = self.run / "docker.sock"
        self.log = self.home / "dockerd.log"
        self._config = self.home / "daemon.json"
        self._pid_file = self.home / "dockerd.pid"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def was_here(self) -> bool:
        """It has run from this directory before: containers may wait in it."""
        return (self.home / "data").exists()

    def pid(self) -> int | None:
        """The dockerd of our data directory, if it runs."""
        if self._child is not None:
            self._child.poll()
        try:
            pid = int(self._pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(f"--data-root={self.home / 'data'}") in command else None

    def start(self) -> str:
        """Start it if it does not run, and wait until it answers; what is worth saying about it. Raises Refusal."""
        words = self._prepare()
        if self.pid() is None:
            self._clear_after_kill()
            self._spawn()
        deadline_s = monotonic_s() + START_WITHIN_S
        while not self._answers():
            ended = self._child is not None and self._child.poll() is not None
            if ended or monotonic_s() > deadline_s:
                raise Refusal(
                    f"dockerd did not start; its last words:\n{self.last_words()}",
                    way_out=f"read {self.log}, or name an engine that runs: DOCKER_HOST=tcp://address:2376 make up",
                )
            time.sleep(0.1)
        return words

    def stop(self) -> bool:
        """Stop it and the containers on it; False when it did not run. Their data stays."""
        pid = self.pid()
        if pid is None:
            return False
        self._write_config(live_restore=False)  # otherwise the containers would outlive it
        size = self.log.stat().st_size
        root.run("kill", f"-{signal.SIGHUP.value}", str(pid))
        deadline_s = monotonic_s() + RELOAD_WITHIN_S
        while "eloaded configuration" not in self._log_from(size) and monotonic_s() < deadline_s:
            time.sleep(0.05)
        root.run("kill", f"-{signal.SIGTERM.value}", str(pid))
        deadline_s = monotonic_s() + STOP_WITHIN_S
        while self.pid() is not None:
            if monotonic_s() > deadline_s:
                raise Refusal(
                    f"dockerd (pid {pid}) does not end.", way_out=f"read {self.log}; end it with kill -9 {pid}"
                )
            time.sleep(0.1)
        root.run("ip", "link", "delete", self.bridge)
        for mount in _mounts_under(self.home):  # a dockerd that was killed once has left its own
            root.run("umount", "--lazy", mount)
        if self.run.parent != self.home:
            root.run("rm", "-rf", "--", str(self.run))
        return True

    def last_words(self) -> str:
        return self._log_from(0)[-1500:].strip() or "(none)"

    # --- steps -------------------------------------------------------------------------------------------------

    def _prepare(self) -> str:
        for folder in (self.home, self.run):
            if not folder.exists() and root.run("mkdir", "-p", "-m", "0711", str(folder)).returncode != 0:
                raise Refusal(
                    f"{folder} cannot be made.", way_out="run `make up` as root, or choose another ORCHESTRA_VAR"
                )
        self.log.touch()
        has_iptables = root.which("iptables") is not None and root.run("iptables", "-t", "nat", "-nL").returncode == 0
        self._write_config(live_restore=True, iptables=has_iptables)
        self._make_bridge()
        return "" if has_iptables else ", without iptables: containers reach other machines only by published ports"

    def _write_config(self, *, live_restore: bool, iptables: bool | None = None) -> None:
        config = json.loads(self._config.read_text()) if self._config.exists() else {}
        config |= {
            "live-restore": live_restore,
            "default-address-pools": [{"base": POOLS, "size": 24}],
            "log-driver": "json-file",
            "log-opts": {"max-size": "10m", "max-file": "2"},
        }
        if iptables is not None:
            config |= {"iptables": iptables, "ip-masq": iptables}
        self._config.write_text(json.dumps(config, indent=2) + "\n")

    def _make_bridge(self) -> None:
        if Path(f"/sys/class/net/{self.bridge}").exists():
            return
        network = _free_network(self.bridge)
        steps = (
            ("ip", "link", "add", self.bridge, "type", "bridge"),
            ("ip", "address", "add", f"{network[1]}/{network.prefixlen}", "dev", self.bridge),
            ("ip", "link", "set", self.bridge, "up"),
        )
        for step in steps:
            done = root.run(*step)
            if done.returncode != 0:
                raise Refusal(
                    f"The network bridge {self.bridge} cannot be made: {done.stderr.strip()}",
                    way_out="run `make up` as root on a machine (or container) that may change its network",
                )

    def _clear_after_kill(self) -> None:
        """A killed dockerd leaves the numbers of processes that are dead (zombies, too, where nobody collects them)
        and that the next one would take for alive."""
        left = {self._pid_file: "dockerd", self.run / "exec" / "containerd" / "containerd.pid": "containerd"}
        for file, program in left.items():
            deadline_s = monotonic_s() + LEAVE_WITHIN_S
            while _runs(file, program) and monotonic_s() < deadline_s:
                time.sleep(0.05)
            if not _runs(file, program):
                root.run("rm", "-f", "--", str(file))

    def _spawn(self) -> None:
        command = [
            root.which("dockerd") or "dockerd",
            f"--config-file={self._config}",
            f"--data-root={self.home / 'data'}",
            f"--exec-root={self.run / 'exec'}",
            f"--pidfile={self._pid_file}",
            f"--host=unix://{self.socket}",
            f"--group={os.getgid()}",
            f"--bridge={self.bridge}",
        ]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DOCKER_")}
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*(root.prefix() or ()), *command],
                env={**environment, "PATH": root.program_path()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
            )

    def _answers(self) -> bool:
        return self.pid() is not None and self.socket.exists() and why_silent(self.url) is None

    def _log_from(self, offset: int) -> str:
        try:
            with self.log.open("rb") as file:
                file.seek(offset)
                return file.read()[-65536:].decode(errors="replace")
        except FileNotFoundError:
            return ""


def _runs(pid_file: Path, program: str) -> bool:
    """Whether the process that the file names is that program and not a zombie."""
    try:
        words = Path(f"/proc/{int(pid_file.read_text())}/stat").read_text()
    except (OSError, ValueError):
        return False
    name, _, rest = words.partition("(")[2].rpartition(")")
    return name == program and rest.split()[0] != "Z"


def _mounts_under(folder: Path) -> list[str]:
    """Mount points in this folder, the innermost first."""
    points = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [point for point in reversed(points) if Path(point).is_relative_to(folder)]


def _free_network(seed: str) -> ipaddress.IPv4Network:
    """A /24 that no route of this machine overlaps; the same one for the same name when it is free."""
    routes = []
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        _, destination, _, _, _, _, _, mask, *_ = line.split()
        address, bits = (int.from_bytes(bytes.fromhex(part), "little") for part in (destination, mask))
        if bits:
            routes.append(ipaddress.IPv4Network((address, bits.bit_count())))
    networks = list(BRIDGES.subnets(new_prefix=24))
    start = int(hashlib.sha256(seed.encode()).hexdigest(), 16) % len(networks)
    for network in networks[start:] + networks[:start]:
        if not any(network.overlaps(route) for route in routes):
            return network
    raise Refusal(f"Every network in {BRIDGES} is in use here.", way_out="start an engine yourself and set DOCKER_HOST")
