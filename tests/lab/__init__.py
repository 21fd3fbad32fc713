"""A lab of real Docker engines on one Linux machine: hosts with addresses of their own, a registry, images, faults.

    with Lab.up(3) as lab:
        engine = open_engine(lab.hosts[0].tcp, cluster="test")
        lab.hosts[0].freeze()

Needs root, dockerd, docker-registry, iproute2, iptables, busybox-static and tini. Ends what it started, also when the
tests are killed. By hand: `python -m tests.lab up 3`.
"""

from __future__ import annotations

from tests.lab.host import LabHost
from tests.lab.lab import Lab

__all__ = ["Lab", "LabHost"]
