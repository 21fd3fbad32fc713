"""The lab by hand: `python -m tests.lab up 3`, then faults by name, then `down`. It stays until then."""

from __future__ import annotations

import argparse
import sys

from tests.lab.host import LabHost
from tests.lab.images import IMAGES
from tests.lab.lab import ROOT, Lab, folder_of, remove
from tests.lab.run import LabError

FAULTS = ("on", "off", "start", "stop", "kill", "freeze", "thaw", "hang", "unhang", "cut", "heal", "restore")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("--lab", type=int, default=None, help="its number (default: the first one kept)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    up = verbs.add_parser("up", help="make it, with N hosts")
    up.add_argument("count", type=int)
    up.add_argument("--options", default="", help="for every dockerd, such as --live-restore")
    for verb in ("down", "ps"):
        verbs.add_parser(verb)
    for verb in (*FAULTS, "loss", "docker", "exec"):
        fault = verbs.add_parser(verb)
        fault.add_argument("host", type=int)
        if verb == "loss":
            fault.add_argument("percent", type=int)
        elif verb in ("docker", "exec"):
            fault.add_argument("words", nargs=argparse.REMAINDER)
    try:
        _do(parser.parse_args(words))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _do(asked: argparse.Namespace) -> None:
    if asked.verb == "up":
        lab = Lab.up(asked.count, number=asked.lab, options=asked.options, keep=True)
        for name in IMAGES:
            lab.image(name)
        show(lab)
        return
    number = asked.lab or first_kept()
    if asked.verb == "down":
        remove(number)
        return
    lab = Lab.attach(number)
    if asked.verb == "ps":
        show(lab)
        return
    host = next((h for h in lab.hosts if h.port == f"p{asked.host}"), None)
    if host is None:
        raise LabError(f"lab {number} has no host {asked.host}")
    disturb(host, asked)


def disturb(host: LabHost, asked: argparse.Namespace) -> None:
    if asked.verb == "loss":
        host.loss(asked.percent)
    elif asked.verb == "docker":
        print(host.docker(*asked.words), end="")  # noqa: T201
    elif asked.verb == "exec":
        print(host.inside(*asked.words), end="")  # noqa: T201
    else:
        getattr(host, asked.verb)()


def first_kept() -> int:
    kept = sorted(int(p.parent.name.rpartition("-")[2]) for p in ROOT.glob("orchestra-lab-*/keep"))
    if not kept:
        raise LabError("no lab is up")
    return kept[0]


def show(lab: Lab) -> None:
    print(f"lab {lab.number}: client certificates in {folder_of(lab.number)}/client/{{ca,cert,key}}.pem")  # noqa: T201
    for host in lab.hosts:
        state = "off" if host.pid is None else "up" if host.answers() else "silent"
        print(f"  {host.name}  {state:6}  {host.tcp.url}  {host.unix.url}")  # noqa: T201
    images = "  ".join(f"{lab.registry.address}/lab/{name}" for name in IMAGES)
    print(f"  images  {images}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
