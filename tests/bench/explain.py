"""One that cannot be placed, asked of Orchestra and of Docker Swarm on the same three engines: what each says of it.

`python -m tests.bench.explain FOLDER` (as root, for the lab's engines) writes explain.txt and explain.png there. Then
each fix that Orchestra names is made, alone, and must place it; what was changed is put back after each.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.raw import Raw
from tests.bench.swarm import Swarm
from tests.lab import Lab
from tests.shots.__main__ import TOKEN
from tests.whole.browser import end_to_end, first_admin
from tests.whole.installation import Installation, wait_for

GIB = 1024**3
LEFT = 1.85
ASKED: dict[str, Any] = {"memory": "2g", "constraints": ["disk=ssd"]}
PROJECT = "/projects/default"


class Both:
    """The same situation twice: h1 closed, on h2 only 1.85 GiB left, h3 without the label."""

    def __init__(self, installation: Installation, lab: Lab, image: str) -> None:
        self.installation, self.lab, self.image = installation, lab, image
        self.swarm = Swarm(lab, [Raw(lab, host) for host in lab.hosts])

    # Orchestra

    def set_up(self) -> Any:
        """Ask for it; its row."""
        call = self.installation.insist
        for name in ("h1", "h2"):
            call("PATCH", f"/hosts/{name}", {"labels": {"disk": "ssd"}})
        call("POST", "/hosts/h1/cordon", {})
        host = self.installation.call("GET", "/hosts/h2").body
        filler = host["allocatable"]["memory_bytes"] - host["reserved"]["memory_bytes"] - int(LEFT * GIB)
        call("PATCH", "/hosts/h2", {"labels": {"disk": "ssd", "filler": "here"}})
        filled = self.run("filler", memory=f"{filler}b", constraints=["filler=here"])
        self.installation.await_state(filled["slot"], "running", timeout_s=60)
        return self.run("report", **ASKED)

    def run(self, name: str, *, memory: str, constraints: list[str]) -> Any:
        return self.installation.run(name, self.image, resources={"memory": memory}, constraints=constraints)

    def decision(self, slot: str) -> Any:
        return self.installation.call("GET", f"{PROJECT}/containers/{slot}/decision").body

    def waits(self, slot: str) -> Any:
        wait_for(lambda: self.decision(slot)["verdict"] == "refused", timeout_s=30, what="it is refused")
        return self.decision(slot)["now"]

    # Swarm

    def ask_swarm(self) -> str:
        """What `docker service ps` says of the same, drained where Orchestra is cordoned."""
        first, second = (host.name for host in self.lab.hosts[:2])
        self.swarm.up()
        node = self.lab.hosts[0].docker
        for name in (first, second):
            node("node", "update", "--label-add", "disk=ssd", name)
        total = int(node("node", "inspect", second, "--format", "{{.Description.Resources.MemoryBytes}}"))
        node(*self.swarm_service("filler", total - int(LEFT * GIB), f"node.hostname=={second}"))
        node("node", "update", "--availability", "pause", first)
        node(*self.swarm_service("report", 2 * GIB, "node.labels.disk==ssd"))
        listed = ("service", "ps", "--no-trunc", "--format", "{{.Name}}  {{.CurrentState}}  {{.Error}}", "report")
        wait_for(lambda: "no suitable" in node(*listed), timeout_s=30, what="Swarm's words", last=lambda: node(*listed))
        return node(*listed).strip()

    def swarm_service(self, name: str, memory: int, constraint: str) -> list[str]:
        kept = ["--detach", "--no-resolve-image", "--restart-condition", "none", "--reserve-memory", str(memory)]
        return ["service", "create", *kept, "--name", name, "--constraint", constraint, self.image, "act", "wait"]

    def leave_swarm(self) -> None:
        for name in ("report", "filler"):
            self.lab.hosts[0].docker("service", "rm", name)
        self.swarm.down()

    # what is told, done

    def make(self, fix: Any, slot: str) -> str:
        """Make this fix alone, see one placed, and put everything back; where it went."""
        call, (change,) = self.installation.insist, fix["changes"]
        if change["kind"] in ("memory", "constraint"):
            memory = change["value"] if change["kind"] == "memory" else "2g"
            wanted = [] if change["kind"] == "constraint" else ASKED["constraints"]
            made = self.run(f"fixed-{change['kind']}", memory=memory, constraints=list(wanted))
            return self.placed(made["slot"])
        host = f"/hosts/{change['host']}"
        if change["kind"] == "uncordon":
            call("POST", f"{host}/uncordon", {})
            went = self.placed(slot)
            call("POST", f"{host}/cordon", {})
            return went
        before = self.installation.call("GET", host).body["labels"]
        call("PATCH", host, {"labels": {**before, **change["value"]}})
        went = self.placed(slot)
        call("PATCH", host, {"labels": before})
        return went

    def placed(self, slot: str) -> str:
        state = self.installation.await_state(slot, "running", timeout_s=60)
        self.installation.verb(slot, "remove")
        wait_for(lambda: self.installation.container(slot)["gone_at"] is not None, timeout_s=30, what=f"{slot} is gone")
        return str(state["host"])


def words(now: Any, swarm: str) -> list[str]:
    """Both, one below the other."""
    steps = [f"{one['left']} {one['filter']}" for one in now["funnel"] if one["refused"]]
    lines = [
        "The same on three engines: h1 is closed to new work (it has the label disk=ssd), h2 has the label and",
        f"{LEFT} GiB of memory left, h3 has room and no label. Asked for: 2 GiB on disk=ssd.",
        "",
        "Docker Swarm (docker service ps --no-trunc):",
        *[f"  {line}" for line in swarm.splitlines()],
        "",
        "Orchestra (GET /projects/default/containers/{id}/decision, its part `now`):",
        f"  {now['text']}",
        f"  funnel: {' -> '.join([str(now['hosts_total']), *steps])}",
        "  nearest:",
    ]
    for miss in now["misses"]:
        for one in miss["reasons"]:
            missing = f" (missing: {one['missing']})" if one["missing"] else ""
            lines.append(f"    {miss['host']}: {one['filter']}: {one['reason']}{missing}")
    return [*lines, "  what would let it in:", *[f"    {fix['words']}" for fix in now["fixes"]]]


def main(folder: Path) -> int:
    var = Path(tempfile.mkdtemp(prefix="orchestra-explain-"))
    installation = Installation(var / "var")
    try:
        with Lab.up(3) as lab:
            text = prove(installation, lab, folder)
    finally:
        installation.stop()
        shutil.rmtree(var, ignore_errors=True)
    (folder / "explain.txt").write_text(text)
    sys.stdout.write(text)
    return 0


def prove(installation: Installation, lab: Lab, folder: Path) -> str:
    installation.start("web-1", "scheduler-1", "agent-1", admin=False)
    done = end_to_end(installation, lab, "first", hosts=3, ORCHESTRA_FIRST_ADMIN=first_admin(installation))
    assert done.returncode == 0, done.stdout[-3000:]
    installation.token = installation.manage("shell", "--verbosity", "0", "-c", TOKEN).split()[-1]
    both = Both(installation, lab, lab.image("act:1"))
    slot = both.set_up()["slot"]
    now = both.waits(slot)
    take_pictures(both, slot, folder)
    lines = words(now, both.ask_swarm())
    both.leave_swarm()
    lines += ["", "Each of these made alone, on the engines:"]
    for fix in now["fixes"]:
        lines.append(f"  {fix['words']}  ->  runs on {both.make(fix, slot)}")
        if installation.container(slot).get("gone_at") is not None:
            slot = both.run("report", **ASKED)["slot"]
            both.waits(slot)
    return "\n".join(lines) + "\n"


def take_pictures(both: Both, slot: str, folder: Path) -> None:
    """Of the container and of a service that asks for the same three times."""
    spec = {"image": both.image, "resources": {"memory": ASKED["memory"]}, "constraints": ASKED["constraints"]}
    installation, body = both.installation, {"name": "large", "replicas": 3, "container": spec}
    path = f"{PROJECT}/services/{installation.insist('POST', f'{PROJECT}/services', body).body['id']}"
    wait_for(lambda: installation.call("GET", f"{path}/decisions").body["results"], timeout_s=30, what="it waits")
    pictures = installation.var / "pictures"
    more = {
        "ORCHESTRA_WHY": slot,
        "ORCHESTRA_WHY_SERVICE": path.rpartition("/")[2],
        "ORCHESTRA_PICTURES": str(pictures),
    }
    shown = end_to_end(installation, both.lab, "proof", hosts=3, **more)
    assert shown.returncode == 0, shown.stdout[-3000:]
    shutil.copy(pictures / "explain-light.png", folder / "explain.png")
    installation.insist("POST", f"{path}/remove", {})
    wait_for(lambda: installation.call("GET", path).status == 404, timeout_s=60, what="the service is gone")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
