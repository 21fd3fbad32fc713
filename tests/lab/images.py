"""The lab's images, built on the spot from the machine's static busybox: a root of links, and one program, `act`.

    act wait | exit N | say N | tick | burn | eat MIB | stubborn | serve

`stubborn` ignores TERM; every other verb ends on TERM with 0. `serve` answers HTTP on port 80 (/, /cgi-bin/burn?S,
/cgi-bin/answer); by environment it listens only after START_S seconds, takes ANSWER_S for each /cgi-bin/answer, and
with STUBBORN ignores TERM. The fake engine knows the same verbs.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ACT = """#!/bin/sh
verb=$1 n=${2:-0}
[ "$verb" = stubborn ] && trap '' TERM || trap 'exit 0' TERM
stay() { while :; do sleep 3600 & wait $!; done; }
case $verb in
wait) echo ready; stay ;;
exit) echo "leaving with $n"; exit "$n" ;;
say) i=1; while [ $i -le $n ]; do echo "line $i"; i=$((i+1)); done; echo "and an error" >&2; stay ;;
tick) i=1; while :; do echo "tick $i"; i=$((i+1)); usleep 100000; done ;;
burn) while :; do :; done ;;
eat) dd if=/dev/zero of=/dev/null bs=${n}M count=1000 & wait $!; exit $? ;;
stubborn) echo ready; while :; do sleep 1; done ;;
serve) [ -z "$STUBBORN" ] || trap '' TERM
    sleep "${START_S:-0}" & wait $!; echo serving; httpd -f -v -p "${PORT:-80}" -h /www & wait $! ;;
*) echo "act: no verb $verb" >&2; exit 64 ;;
esac
"""

BURN = """#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
timeout "${QUERY_STRING:-5}" sh -c 'while :; do :; done'
echo burnt
"""

WHERE = """#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
hostname
"""

ANSWER = """#!/bin/sh
sleep "${ANSWER_S:-0}"
printf 'Content-Type: text/plain\\r\\n\\r\\n'
echo "$(hostname) version $(cat /version)"
"""


@dataclass(frozen=True)
class Image:
    """Gzipped layers and the configuration that names them."""

    layers: tuple[bytes, ...]
    config: bytes

    def manifest(self) -> bytes:
        layer = "application/vnd.docker.image.rootfs.diff.tar.gzip"
        return _json(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "config": _described("application/vnd.docker.container.image.v1+json", self.config),
                "layers": [_described(layer, blob) for blob in self.layers],
            }
        )

    def archive(self, tag: str) -> bytes:
        """As `docker load` takes it: an image that no registry knows."""
        names = [f"{index}/layer.tar" for index in range(len(self.layers))]
        files = {name: gzip.decompress(blob) for name, blob in zip(names, self.layers, strict=True)}
        files["config.json"] = self.config
        files["manifest.json"] = _json([{"Config": "config.json", "RepoTags": [tag], "Layers": names}])
        return _tar(files)


def digest_of(blob: bytes) -> str:
    return "sha256:" + hashlib.sha256(blob).hexdigest()


def build(
    layers: tuple[bytes, ...], *, command: tuple[str, ...] = ("act", "wait"), architecture: str = "", **config: Any
) -> Image:
    """`layers` are plain tars. Equal input gives an equal image, and so an equal digest."""
    packed = tuple(gzip.compress(layer, compresslevel=1, mtime=0) for layer in layers)
    text = {
        "architecture": architecture or machine_architecture(),
        "os": "linux",
        "created": "2020-01-01T00:00:00Z",
        "config": {"Cmd": list(command), "Env": ["PATH=/bin"], **config},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(layer) for layer in layers]},
        "history": [{"created": "2020-01-01T00:00:00Z", "created_by": "lab"} for _ in layers],
    }
    return Image(packed, _json(text))


@cache
def machine_architecture() -> str:
    names = {"x86_64": "amd64", "aarch64": "arm64"}
    machine = subprocess.run(["uname", "-m"], capture_output=True, text=True, check=True).stdout.strip()
    return names.get(machine, machine)


@cache
def root_layer() -> bytes:
    """A busybox with all its names, `act`, and what programs expect of a root."""
    busybox = Path(shutil.which("busybox") or "/bin/busybox")
    names = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
    files = {
        "bin/busybox": busybox.read_bytes(),
        "bin/act": ACT.encode(),
        "etc/passwd": b"root:x:0:0:root:/:/bin/sh\nuser:x:1000:1000:user:/:/bin/sh\n",
        "etc/group": b"root:x:0:\nuser:x:1000:\n",
        "www/cgi-bin/burn": BURN.encode(),
        "www/cgi-bin/where": WHERE.encode(),
        "www/cgi-bin/answer": ANSWER.encode(),
    }
    return _tar(files, links={f"bin/{name}": "busybox" for name in names if name != "busybox"}, folders=("tmp", "data"))


def page_layer(version: str) -> bytes:
    page = f"<!doctype html><title>lab</title><p>hello from version {version}\n"
    return _tar({"www/index.html": page.encode(), "version": version.encode()})


def act(version: str) -> Image:
    return build((root_layer(), page_layer(version)))


def web(version: str) -> Image:
    return build((root_layer(), page_layer(version)), command=("act", "serve"), ExposedPorts={"80/tcp": {}})


def foreign() -> Image:
    """For another architecture than any machine of ours."""
    return build((root_layer(),), architecture="s390x")


def big() -> Image:
    """Four layers of 4 MiB that no compression makes smaller, for a pull that can be watched."""
    noise = random.Random(1)
    return build((root_layer(), *(_tar({f"noise{i}": noise.randbytes(4 << 20)}) for i in range(4))))


IMAGES: Mapping[str, Callable[[], Image]] = {
    "act:1": lambda: act("1"),
    "act:2": lambda: act("2"),
    "web:1": lambda: web("1"),
    "web:2": lambda: web("2"),
    "foreign:1": foreign,
    "big:1": big,
}


def _described(kind: str, blob: bytes) -> dict[str, Any]:
    return {"mediaType": kind, "size": len(blob), "digest": digest_of(blob)}


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _tar(files: Mapping[str, bytes], *, links: Mapping[str, str] | None = None, folders: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in folders:
            tar.addfile(_entry(name, tarfile.DIRTYPE, 0o1777))
        for name, content in files.items():
            entry = _entry(name, tarfile.REGTYPE, 0o755)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, target in (links or {}).items():
            entry = _entry(name, tarfile.SYMTYPE, 0o777)
            entry.linkname = target
            tar.addfile(entry)
    return out.getvalue()


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry
