"""What is answered to keys that are not fields: refused by policy (and what is possible instead), known from Docker
or Compose under another name, or simply misspelt.

Used by every object of the spec; policy.py refuses the same things again on the compiled body.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from containers.spec.errors import FieldError, shown, step

MAX_UNKNOWN: Final = 20

_VOLUMES_INSTEAD: Final = 'use a named volume: {"volumes": [{"name": "data", "path": "/data"}]}'
SOCKET_WORDS: Final = (
    "the engine's socket would give the container the whole host; "
    "let the program use Orchestra's API with a token instead"
)
BIND_WORDS: Final = f"a bind gives the container a folder of the host; {_VOLUMES_INSTEAD}"
_CAPABILITIES: Final = "containers run with the engine's default capabilities, NET_BIND_SERVICE and CHOWN among them"

_LINKS: Final = "links between containers are refused; publish the port with ports and connect to the host's address"

# Without case, '_' and '-', so that Docker's own spelling (PidMode, SecurityOpt) finds its answer too.
FORBIDDEN: Final[Mapping[str, str]] = {
    "privileged": f"a privileged container owns the host; {_CAPABILITIES}, which is enough for ordinary programs",
    "networkmode": "sharing the network of the host or of another container is refused; "
    "publish what others must reach with ports",
    "pid": "sharing processes with the host or another container is refused; each container has its own, with init",
    "ipc": "sharing memory with the host or another container is refused; use tmpfs at /dev/shm for a larger one",
    "uts": "sharing the host's name is refused; each container has its own host name",
    "usernsmode": "the engine's user namespace stays as its operator set it; choose a user inside with user",
    "cgroupparent": "the control group belongs to Orchestra, which limits by resources",
    "cgroup": "the control group belongs to Orchestra, which limits by resources",
    "devices": "devices of the host are refused; ask for a host that does the work with constraints",
    "devicerequests": "devices of the host are refused; ask for a host that does the work with constraints",
    "devicecgrouprules": "devices of the host are refused; ask for a host that does the work with constraints",
    "gpus": "devices of the host are refused for now; a label like gpu in constraints finds the host, not the device",
    "securityopt": "no-new-privileges and the engine's own profiles always hold; leave it out",
    "sysctls": "kernel settings are refused; the host's operator sets them on the host, and constraints find the host",
    "capadd": f"capabilities cannot be added; {_CAPABILITIES}; leave it out",
    "capdrop": f"capabilities cannot be changed one by one; {_CAPABILITIES}; set user to run without them",
    "binds": BIND_WORDS,
    "volumesfrom": "mounts of another container are refused; name the same volume in both containers' volumes",
    "links": _LINKS,
    "externallinks": _LINKS,
    "volumedriver": "volume drivers and their options are refused, because they can show any folder of the host; "
    + _VOLUMES_INSTEAD,
    "runtime": "the engine's default runtime is used; leave it out",
    "oomkilldisable": "a container over its memory limit must end; raise resources.memory_limit instead",
    "oomscoreadj": "the order in which the kernel ends programs is not for containers to choose; "
    "ask for memory with resources.memory",
    "ulimits": "process limits cannot be set yet; the engine's defaults hold",
    "hostconfig": "this is the engine's own form; write Orchestra's fields, such as ports, volumes and resources",
}

# Names of Docker and Compose whose meaning we have under another name.
ALIASES: Final[Mapping[str, str]] = {
    "environment": "env",
    "cmd": "command",
    "args": "command",
    "containername": "name",
    "hostname": "name",
    "workingdir": "workdir",
    "healthcheck": "health_check",
    "memlimit": "resources.memory_limit",
    "memory": "resources.memory",
    "memreservation": "resources.memory",
    "cpus": "resources.cpu_limit",
    "cpu": "resources.cpu",
    "nanocpus": "resources.cpu_limit",
    "cpushares": "resources.cpu",
    "restartpolicy": "restart",
    "stopgraceperiod": "stop_grace",
    "stoptimeout": "stop_grace",
    "readonlyrootfs": "read_only",
    "readonly": "read_only",
    "exposedports": "ports",
    "expose": "ports",
    "portbindings": "ports",
    "placement": "constraints",
    "nodeselector": "constraints",
    "deploy": "resources",
    "limits": "memory_limit and cpu_limit",
    "requests": "memory and cpu",
    "mounts": "volumes",
    "mountpath": "path",
    "target": "container_port for a port, path for a volume",
    "published": "host_port",
    "hostip": "host_address",
    "startperiod": "start_period",
}


def unknown_keys(data: Mapping[Any, object], fields: Iterable[str]) -> list[FieldError]:
    """One error for each key that is not a field; a false or empty value does not make a refused key harmless."""
    known = list(fields)
    strangers = [key for key in data if not isinstance(key, str) or key not in known]
    problems = [_answer(key, known) for key in strangers[:MAX_UNKNOWN]]
    if len(strangers) > MAX_UNKNOWN:
        rest = len(strangers) - MAX_UNKNOWN
        problems.append(FieldError("", "unknown", f"and {rest} more unknown fields; remove them"))
    return problems


def _answer(key: object, known: list[str]) -> FieldError:
    if not isinstance(key, str):
        return FieldError(step(shown(key)), "unknown", "field names are strings; write it in quotes")
    plain = key[:64].lower().replace("_", "").replace("-", "")
    forbidden = FORBIDDEN.get(plain.removesuffix("mode") if plain in {"pidmode", "ipcmode", "utsmode"} else plain)
    if forbidden:
        return FieldError(step(key[:64]), "forbidden", f"{shown(key)} is refused: {forbidden}")
    guess = _guess(key[:64], plain, known)
    if guess:
        return FieldError(step(key[:64]), "unknown", f"there is no field {shown(key)}; did you mean {guess}?")
    return FieldError(
        step(key[:64]), "unknown", f"there is no field {shown(key)}; remove it (the fields are {', '.join(known)})"
    )


def _guess(key: str, plain: str, known: list[str]) -> str | None:
    for name in known:
        if name.replace("_", "") == plain:
            return name
    alias = ALIASES.get(plain)
    if alias:
        head, _, tail = alias.partition(".")
        if head in known or " " in alias:
            return alias
        if tail in known:
            return tail
    close = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else None
