"""Which registry an image reference means, and which hosts may be a registry at all. Pure but for one name look-up.

Before: what an owner typed, or an image in a spec. After: registries.py keeps credentials by the host found here.
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Iterable
from typing import Final

from containers.spec import SpecErrors, parse_image
from containers.spec.image import DEFAULT_REGISTRY

LONGEST_HOST: Final = 255
LOOK_UP_S: Final = 2.0
ALIASES: Final = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com"})
DOCKER_HUB: Final = "https://index.docker.io/v1/"  # how engines know it, for historical reasons
METADATA_NAMES: Final = frozenset(
    {"metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"}
)
METADATA: Final = frozenset(
    ipaddress.ip_address(one) for one in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16")
)
HELP: Final = "write the registry's host and port as they stand in image names, such as registry.example:5000"
REFUSED: Final = "link-local and metadata addresses are refused: a cloud's own credentials live there"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def registry_of(image: str) -> str:
    """The host of the registry that `image` comes from, as registries are kept; SpecErrors."""
    return parse_image(image).registry.lower()


def typed_host(text: str) -> str:
    """What was typed, as registries are kept: no scheme, no path, lower case, one name for Docker Hub."""
    host = re.sub(r"^https?://", "", text.strip(), flags=re.IGNORECASE).lower()
    host = re.sub(r"(?:/v[12])?/*\Z", "", host)
    return DEFAULT_REGISTRY if host in ALIASES else host


def host_problem(host: str) -> str | None:
    """What is wrong with `host` as the name of a registry; None when nothing is."""
    if not host or len(host) > LONGEST_HOST or re.search(r"[/@\s]", host):
        return HELP
    try:
        named = registry_of(f"{host}/image") == host
    except SpecErrors:
        return HELP
    if not named:
        return f"no image name can mean this registry; write it with its port or domain, such as {host}:5000"
    name = _name(host)
    if name.rstrip(".") in METADATA_NAMES or _forbidden(_literal(name)):
        return REFUSED
    return None


def resolved_problem(host: str) -> str | None:
    """Whether the name leads to an address that is refused. A name that is not known here is the engine's to find."""
    return REFUSED if _forbidden(_look_up(_name(host))) else None


def server_address(host: str) -> str:
    """The address of the registry in an engine's credentials."""
    return DOCKER_HUB if host == DEFAULT_REGISTRY else host


def _name(host: str) -> str:
    """Without the port, and without the brackets of IPv6."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _literal(name: str) -> list[Address]:
    try:
        return [ipaddress.ip_address(name)]
    except ValueError:
        return []


def _forbidden(addresses: Iterable[Address]) -> bool:
    for one in addresses:
        real = (one.ipv4_mapped or one.sixtofour or one) if isinstance(one, ipaddress.IPv6Address) else one
        if real.is_link_local or real in METADATA:
            return True
    return False


def _look_up(name: str) -> list[Address]:
    """The name's addresses, or none when there is no answer in time; numbers in odd spellings count as names."""
    found: list[Address] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        for *_, address in answers:
            found.extend(_literal(str(address[0]).partition("%")[0]))

    asker = threading.Thread(target=ask, name="registry-look-up", daemon=True)
    asker.start()
    asker.join(LOOK_UP_S)
    return list(found)
