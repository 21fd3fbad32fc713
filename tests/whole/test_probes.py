"""Health checks that the agent asks, on real engines: well, then broken in what it answers, then gone from its port."""

import urllib.request
from typing import Any

import pytest

from tests.lab import Lab
from tests.whole.installation import Installation, wait_for

pytestmark = [pytest.mark.engine, pytest.mark.slow]

# A page that is well until /cgi-bin/break was asked, and a server that leaves its port, but not the container, after
# /cgi-bin/leave.
PROGRAM = r"""
page() { printf '#!/bin/sh\n%s\n' "$2" > "/w/cgi-bin/$1"; chmod +x "/w/cgi-bin/$1"; }
mkdir -p /w/cgi-bin
page well 'if [ -e /bad ]; then echo "HTTP/1.0 500 Broken"; else echo "HTTP/1.0 200 OK"; fi; echo; echo said'
page break 'touch /bad; echo "HTTP/1.0 200 OK"; echo'
page leave 'killall httpd; echo "HTTP/1.0 200 OK"; echo'
sleep "${LATE:-0}"
httpd -p 80 -h /w
while :; do sleep 1; done
"""


def run(shared: Installation, lab: Lab, name: str, **more: Any) -> Any:
    wished = {"entrypoint": ["sh", "-c", PROGRAM], "ports": [{"container_port": 80}], "stop_grace": 0, **more}
    return shared.run(name, lab.image("web:1"), **wished)


def await_health(shared: Installation, container_id: str, health: str) -> Any:
    wait_for(lambda: shared.container(container_id)["health"] == health, timeout_s=15, what=f"it is {health}")
    return shared.container(container_id)


def ask(shared: Installation, container: Any, path: str) -> None:
    host = shared.call("GET", f"/hosts/{container['host']}").body
    url = f"http://{host['data_address']}:{container['ports'][0]['host_port']}{path}"
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        assert path.endswith("leave")  # it went before it had answered


def test_a_page_that_breaks_is_unhealthy(shared: Installation, lab: Lab) -> None:
    check = {"http": {"port": 80, "path": "/cgi-bin/well"}, "interval": 2, "retries": 2, "start_period": 20}
    asked = run(shared, lab, "page", health_check=check, env={"LATE": "2"})
    seen = shared.await_state(asked["id"], "running")
    assert (seen["health"], seen["ready"]) == ("starting", False)
    assert await_health(shared, asked["id"], "healthy")["ready"]
    ask(shared, seen, "/cgi-bin/break")
    broken = await_health(shared, asked["id"], "unhealthy")
    assert (broken["state"], broken["ready"]) == ("unhealthy", False)
    assert "/cgi-bin/well: answered 500, wanted is 200 to 399" in broken["message"]
    told = shared.sql("SELECT kind FROM events_event WHERE object_id = %s ORDER BY id DESC LIMIT 2", asked["id"])
    assert told == [("container.unhealthy",), ("container.healthy",)]


def test_a_server_that_leaves_its_port_is_unhealthy(shared: Installation, lab: Lab) -> None:
    asked = run(shared, lab, "server", health_check={"tcp": {"port": 80}, "interval": 1, "retries": 2})
    seen = shared.await_state(asked["id"], "running")
    await_health(shared, asked["id"], "healthy")
    ask(shared, seen, "/cgi-bin/leave")
    gone = await_health(shared, asked["id"], "unhealthy")
    assert (gone["status"], gone["ready"]) == ("running", False)
    assert gone["message"].startswith("TCP to ")
