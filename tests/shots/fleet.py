"""A lively demo fleet for the pictures: web pages under load, services with logs, and one of every kind of trouble.

Before: an installation with three ready hosts. After: the pictures are taken of it.
"""

from __future__ import annotations

import contextlib
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any, Final

from tests.whole.installation import Installation, wait_for

SERVICE: Final = """
n=0
while :; do
  n=$((n+1))
  echo "INFO request id=$n path=/v1/items/$((n*37%97)) took=$((n*13%40+2))ms"
  [ $((n%7)) = 0 ] && echo "WARN slow answer from db-1 took=$((n%300+200))ms"
  [ $((n%23)) = 0 ] && echo "ERROR upstream crm-api: connection reset, tried again"
  i=0; while [ $i -lt $((n%30*900)) ]; do i=$((i+1)); done
  usleep 350000
done
"""
BROKEN: Final = 'echo "connecting to db-2:5432"; sleep 2; echo "ERROR db-2:5432 refused the connection" >&2; exit 1'
SMALL: Final = {"cpu": "50m", "memory": "24m", "memory_limit": "96m"}
LOADS: Final = {"shop-web-1": 0.5, "shop-web-2": 1.2, "shop-web-3": 2.0, "crm-web-1": 0.8}
"""Web pages that get requests, and the seconds between two of them."""


def shell(text: str, **more: Any) -> dict[str, Any]:
    return {"command": ["sh", "-c", text], "resources": SMALL, "stop_grace": 2, **more}


def web(**more: Any) -> dict[str, Any]:
    ports = [{"container_port": 80}]
    return {
        "command": ["act", "serve"],
        "ports": ports,
        "resources": SMALL,
        "restart": "always",
        "stop_grace": 2,
        **more,
    }


def specs() -> dict[str, dict[str, Any]]:
    """Every container by its name."""
    check = {"test": "wget -q -O /dev/null http://127.0.0.1/", "interval": 3}
    waits = {"command": ["act", "wait"], "resources": SMALL, "stop_grace": 2, "restart": "always"}
    return {
        **{f"shop-web-{n}": web(health_check=check) for n in range(1, 5)},
        **{f"shop-api-{n}": shell(SERVICE, restart="always") for n in range(1, 4)},
        **{f"crm-web-{n}": web() for n in range(1, 3)},
        "crm-api-1": shell(SERVICE, restart="always"),
        **{f"billing-worker-{n}": waits for n in range(1, 4)},
        "db-1": {**waits, "resources": {"cpu": "250m", "memory": "256m"}, "volumes": [{"name": "db", "path": "/data"}]},
        "queue-1": waits,
        "billing-sync": shell(BROKEN, restart="always"),
        "mail-relay": shell('echo "ERROR no route to smtp.example.org:25" >&2; exit 3'),
        "report-nightly": shell('echo "INFO 1,204 rows written"; exit 0'),
        "search-1": {**waits, "health_check": {"test": "exit 1", "interval": 1, "retries": 1}},
        "crm-import": waits,
        "analytics-1": {**waits, "resources": {"cpu": "2", "memory": "512g"}},
        "train-1": {**waits, "constraints": ["gpu"]},
    }


def make(installation: Installation, image: str) -> None:
    """Run all of it, and wait until the trouble shows."""
    made = {}
    for name, spec in specs().items():
        answer = installation.insist("POST", "/projects/default/containers", {"name": name, "image": image, **spec})
        assert answer.status == 201, answer.body
        made[name] = answer.body["slot"]
    container = {"image": image, **web(health_check={"test": "wget -q -O /dev/null http://127.0.0.1/", "interval": 3})}
    wish = {"name": "checkout", "replicas": 3, "update": {"health_window": 2}, "container": container}
    service = installation.insist("POST", "/projects/default/services", wish).body["id"]
    expected = {"shop-web-1": "running", "crm-api-1": "running", "mail-relay": "failed", "search-1": "unhealthy"}
    for name, state in expected.items():
        installation.await_state(made[name], state, timeout_s=60)
    installation.verb(made["crm-import"], "stop")
    changed = {**wish, "container": {**container, "env": {"GREETING": "hello"}}}  # a second revision to compare with
    assert installation.call("PUT", f"/projects/default/services/{service}", changed).status == 202
    host = installation.call("GET", "/hosts").body["results"][-1]["name"]
    assert installation.call("POST", f"/hosts/{host}/cordon", {}).status == 200
    wait_for(
        lambda: installation.container(made["analytics-1"])["message"] != "", timeout_s=30, what="a reason to wait"
    )


@contextlib.contextmanager
def load(installation: Installation) -> Iterator[None]:
    """Requests to the web pages, until the block ends."""
    done = threading.Event()
    threads = [threading.Thread(target=_ask, args=(installation, *one, done), daemon=True) for one in LOADS.items()]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join(10)


def _ask(installation: Installation, name: str, every_s: float, done: threading.Event) -> None:
    containers = installation.call("GET", "/projects/default/containers?limit=1000").body["results"]
    addresses = {host["name"]: host["data_address"] for host in installation.call("GET", "/hosts").body["results"]}
    found = next(one for one in containers if one["name"] == name)
    url = f"http://{addresses[found['host']]}:{found['ports'][0]['host_port']}"
    while not done.wait(every_s):
        heavy = time.monotonic() % 40 < 20  # load comes and goes: a flat line says nothing
        path = "/cgi-bin/where" if heavy else "/"
        with contextlib.suppress(OSError):
            for _ in range(12 if heavy else 2):
                urllib.request.urlopen(url + path, timeout=5).read()
