"""Where a host's engine is: checks what an operator typed, seals the keys, and opens the door for those who call it.

Before: actions.py registers a host with a checked address. After: the agent and the web process call `engine_address`.
Pure but for the vault and one setting.
"""

import ipaddress
import json
import re
from typing import TypedDict
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings

from core.lib.problems import FieldProblem
from core.lib.vault import open_sealed, seal
from hosts.engine import EngineAddress, TlsPair
from hosts.models import Host

LONGEST_URL = 300
HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*\Z")
HELP = "write unix:///path/to/docker.sock or tcp://address:port"


class TlsTexts(TypedDict):
    """Mutual TLS as it is sent: three PEM texts."""

    ca: str
    cert: str
    key: str


def engine_address(host: Host) -> EngineAddress:
    """The address of the host's engine with its keys opened; VaultError when no key of ours opens them."""
    if host.tls_sealed is None:
        return EngineAddress(host.url)
    return EngineAddress(host.url, TlsPair(**json.loads(open_sealed(bytes(host.tls_sealed)))))


def sealed(tls: TlsTexts | None) -> bytes | None:
    return None if tls is None else seal(json.dumps({name: tls[name] for name in ("ca", "cert", "key")}))


def default_data_address(url: str) -> str:
    """Where ports are published unless the operator says otherwise: the engine's own address, or this machine."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1" if parts.scheme == "tcp" else "127.0.0.1"


def url_problems(url: str, *, has_tls: bool) -> list[FieldProblem]:
    """What is wrong with an engine's URL; empty when nothing is."""
    message = _url_problem(url, has_tls=has_tls)
    return [] if message is None else [FieldProblem("/url", "invalid", message)]


def _url_problem(url: str, *, has_tls: bool) -> str | None:
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        return f"this is no engine address; {HELP}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"this is no engine address ({error}); {HELP}"
    match parts.scheme:
        case "unix":
            return _unix_problem(parts, has_tls=has_tls)
        case "tcp":
            return _tcp_problem(parts, port, has_tls=has_tls)
        case "fake":
            return _fake_problem(parts)
        case "ssh":
            return "ssh:// is not supported yet; use tcp:// with tls"
        case "http" | "https":
            return f"write tcp:// instead of {parts.scheme}://; TLS is told by the field tls"
        case _:
            return f"this is no engine address; {HELP}"


def _fake_problem(parts: SplitResult) -> str | None:
    if not settings.SIMULATED:
        return f"fake engines belong to simulations (manage.py simulate), and this installation is none; {HELP}"
    return None if parts.netloc and parts.path.strip("/") else "write fake://fleet/host"


def _unix_problem(parts: SplitResult, *, has_tls: bool) -> str | None:
    if parts.netloc or not parts.path.startswith("/") or parts.path == "/" or parts.query or parts.fragment:
        return "write a unix socket with three slashes and its full path, such as unix:///var/run/docker.sock"
    return "a unix socket speaks no TLS; leave tls out" if has_tls else None


def _tcp_problem(parts: SplitResult, port: int | None, *, has_tls: bool) -> str | None:
    name = parts.hostname or ""
    if not name or port is None or port == 0:
        return "a tcp address needs a host and a port, such as tcp://10.0.0.7:2376"
    if parts.username or parts.password or parts.path not in ("", "/") or parts.query or parts.fragment:
        return "a tcp address is host and port only, such as tcp://10.0.0.7:2376"
    if not _is_address(name) and not HOST_NAME.match(name):
        return f"{name!r} is neither an IP address nor a host name"
    if _is_address(name) and ipaddress.ip_address(name).is_link_local:
        return "link-local addresses are refused: cloud metadata services live there"
    if not has_tls and not _is_loopback(name):
        return "an engine on the network needs tls (ca, cert, key): without it anybody there is root on the host"
    return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return ipaddress.ip_address(name).is_loopback if _is_address(name) else name == "localhost"


def data_address_problems(address: str) -> list[FieldProblem]:
    if _is_address(address) or HOST_NAME.match(address):
        return []
    return [FieldProblem("/data_address", "invalid", "write an IP address or a host name, without a port")]


def tls_problems(tls: TlsTexts) -> list[FieldProblem]:
    """Three PEM texts whose key belongs to the certificate; their contents never stand in a message."""
    ca, cert, key = _certificate(tls["ca"]), _certificate(tls["cert"]), _key_of(tls["key"])
    problems = [
        FieldProblem(f"/tls/{name}", "invalid", "this is no PEM certificate")
        for name, found in (("ca", ca), ("cert", cert))
        if found is None
    ]
    if key is None:
        problems.append(FieldProblem("/tls/key", "invalid", "this is no PEM private key without a passphrase"))
    if key is not None and cert is not None and key != cert:
        problems.append(FieldProblem("/tls/key", "invalid", "this key does not belong to the certificate"))
    return problems


def _certificate(text: str) -> bytes | None:
    """The certificate's public key, in a form that can be compared."""
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        return None
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_of(text: str) -> bytes | None:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError):
        return None
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
