"""The demo: a small web page in an image made from this machine's static busybox, run as the container `demo`.

It needs no registry. Said twice it makes nothing twice. Before: `manage.py demo`, or the console's button. After:
actions.run, as from the API; scheduler and agent do the rest.
"""

import io
import shutil
import struct
import tarfile
from pathlib import Path
from typing import Final

from containers import actions
from containers.models import Container
from containers.states import FINAL, Desired
from core.accounts.models import Project, cluster_id
from core.lib.problems import Problem
from hosts.connect import engine_of, free_connection
from hosts.engine.errors import EngineError, ImageMissing
from hosts.models import Host
from hosts.states import Availability, Reachable

NAME: Final = "demo"
IMAGE: Final = "orchestra-demo:1"
PORT: Final = 80
CHANGES: Final = ('CMD ["/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/www"]', f"EXPOSE {PORT}")
SPEC: Final = {
    "name": NAME,
    "image": IMAGE,
    "ports": [{"container_port": PORT}],
    "resources": {"cpu": "50m", "memory": "16m"},
    "restart": "always",
    "init": True,
}
PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Orchestra demo</title>
<style>body { font: 1.25rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1rem }</style>
<h1>It runs.</h1>
<p>This page is served by a container that Orchestra placed on one of your hosts. End it in the console, or stop its
process, and watch what happens.</p>
</html>
"""
INTERPRETER: Final = 3  # PT_INTERP: a program with it needs libraries that the image does not have


def start(project: Project, *, actor: str) -> Container:
    """The current attempt of the project's demo; Problem 409 as the two steps raise it."""
    provide_image(project)
    return ask(project, actor=actor)[0]


def provide_image(project: Project) -> None:
    """Put the image on an engine when the demo is still to be started. Outside of transactions: it takes long.

    Problem 409 when busybox-static is missing, when no host is ready, or when the engine refuses the image.
    """
    there = _current(project)
    if there is None or there.status in FINAL:
        _import_unless_there(_local_host())


def ask(project: Project, *, actor: str) -> tuple[Container, bool]:
    """The demo's current attempt, made if it is not there (then True), started again if it has ended.

    Problem 409 when the name is in use by another container.
    """
    there = _current(project)
    if there is None:
        return actions.run(project, SPEC, actor=actor), True
    if there.status in FINAL or there.desired != Desired.RUN:
        return actions.restart(there, actor=actor), False
    return there, False


def url(container: Container) -> str | None:
    """Where its page is, once it is published."""
    host, ports = container.host, [one["host_port"] for one in container.ports if one["container_port"] == PORT]
    return f"http://{_bracketed(host.data_address)}:{ports[0]}/" if host is not None and ports else None


def image_tar(busybox: Path) -> bytes:
    """The image's only layer: the program, the page, and root's name."""
    out = io.BytesIO()
    files = {"bin/busybox": busybox.read_bytes(), "www/index.html": PAGE.encode(), "etc/passwd": b"root:x:0:0::/:\n"}
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if name.startswith("bin/") else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def find_busybox() -> Path:
    """This machine's busybox; Problem 409 when there is none, or one that needs libraries."""
    found = shutil.which("busybox") or "/bin/busybox"
    path = Path(found)
    if not path.is_file() or not is_static(path.read_bytes()):
        words = "the demo's image is made from a static busybox, and this machine has none: apt install busybox-static"
        raise Problem(409, "busybox-missing", words)
    return path


def is_static(program: bytes) -> bool:
    """A 64-bit little-endian ELF file (elf(5)) whose program headers ask for no interpreter."""
    if len(program) < 64 or program[:6] != b"\x7fELF\x02\x01":
        return False
    (table,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    kinds = [struct.unpack_from("<I", program, table + size * number)[0] for number in range(count)]
    return bool(kinds) and INTERPRETER not in kinds


def _current(project: Project) -> Container | None:
    found = Container.objects.filter(project=project, name=NAME, superseded=False, spec__image=IMAGE)
    return found.exclude(desired=Desired.REMOVE).order_by("-created_at").first()


def _import_unless_there(host: Host) -> None:
    engine = engine_of(host, cluster=cluster_id())
    free_connection()
    try:
        engine.image(IMAGE)
    except ImageMissing:
        pass
    except EngineError as error:
        raise _engine_refused(host, error) from error
    else:
        return
    tar = image_tar(find_busybox())
    try:
        engine.import_image(tar, IMAGE, changes=CHANGES)
    except EngineError as error:
        raise _engine_refused(host, error) from error


def _local_host() -> Host:
    """The ready host on this machine; where none is, the first ready one."""
    ready = list(Host.objects.filter(reachable=Reachable.OK, availability=Availability.ACTIVE).order_by("name"))
    if not ready:
        words = "no host is ready: register one, or wait until its engine answers (Hosts in the console says why not)"
        raise Problem(409, "no-host-ready", words)
    return next((host for host in ready if not host.url.startswith("tcp://")), ready[0])


def _engine_refused(host: Host, error: EngineError) -> Problem:
    words = f"the engine of {host.name} did not take the demo's image: {error}; mend it, or run an image of your own"
    return Problem(409, "engine-refused", words)


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
