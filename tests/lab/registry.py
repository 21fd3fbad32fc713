"""A real registry on the lab's own address, and the pushing of images to it without an engine.

Before: images.py builds layers and configurations. After: engines pull by tag and by digest.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from tests.lab.images import IMAGES, Image, digest_of
from tests.lab.run import LabError, wait_until

LOGIN = ("shopper", "pa55-of-the-lab/with:signs")
HTPASSWD = "$2b$04$byjxmJqYmVKeJwBYeWditeqMjojyev/35hIcNWy.dECT5CLXDGWc."
"""LOGIN as the registry keeps it: bcrypt, the only form it takes."""

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class Registry:
    """`private`: it wants LOGIN of everybody."""

    def __init__(self, folder: Path, *, address: str, private: bool = False) -> None:
        self.folder = folder
        self.address = address
        self.private = private
        self._process: subprocess.Popen[bytes] | None = None
        self._pushed: dict[str, str] = {}

    def start(self) -> None:
        """Empty, or as it was before `stop`."""
        self.folder.mkdir(exist_ok=True)
        config: dict[str, object] = {
            "version": 0.1,
            "log": {"level": "warn"},
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "data")}, "delete": {"enabled": True}},
            "http": {"addr": self.address},
        }
        if self.private:
            (self.folder / "htpasswd").write_text(f"{LOGIN[0]}:{HTPASSWD}\n")
            config["auth"] = {"htpasswd": {"realm": "lab", "path": str(self.folder / "htpasswd")}}
        (self.folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["docker-registry", "serve", str(self.folder / "config.yml")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        (self.folder / "pid").write_text(str(self._process.pid))
        wait_until(self._answers, timeout_s=10, what=lambda: (self.folder / "log").read_text()[-1000:])

    def stop(self) -> None:
        """Nobody answers at its address any more."""
        end_registry(self.folder)
        if self._process is not None:
            self._process.wait(timeout=10)

    def image(self, name: str) -> str:
        """The full reference of one of the lab's own images (`act:1`), pushed on first use."""
        if name not in self._pushed:
            self.push(f"lab/{name}", IMAGES[name]())
            self._pushed[name] = f"{self.address}/lab/{name}"
        return self._pushed[name]

    def push(self, name: str, image: Image) -> str:
        """`name` as repository:tag. Returns the manifest's digest."""
        repository, _, tag = name.rpartition(":")
        for blob in (*image.layers, image.config):
            self._upload(repository, blob)
        manifest = image.manifest()
        status, text, _ = self._call("PUT", f"/v2/{repository}/manifests/{tag}", manifest, MANIFEST)
        if status != 201:
            raise LabError(f"push of {name}: {status} {text}")
        return digest_of(manifest)

    def _upload(self, repository: str, blob: bytes) -> None:
        digest = digest_of(blob)
        if self._call("HEAD", f"/v2/{repository}/blobs/{digest}")[0] == 200:
            return
        status, text, location = self._call("POST", f"/v2/{repository}/blobs/uploads/")
        if status != 202:
            raise LabError(f"upload to {repository}: {status} {text}")
        parts = urlsplit(location)
        target = f"{parts.path}?{parts.query}&digest={digest}"
        status, text, _ = self._call("PUT", target, blob, "application/octet-stream")
        if status != 201:
            raise LabError(f"upload to {repository}: {status} {text}")

    def _call(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
        headers = {"Content-Type": kind} if kind else {}
        if self.private:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()
        connection = http.client.HTTPConnection(self.address, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.headers.get("Location", "")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self._call("GET", "/v2/")[0] == 200
        return False


def end_registry(folder: Path) -> None:
    """By the pid it left, when that is still a registry of this folder."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((folder / "pid").read_text())
        if str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
