"""A real engine behind the protocol: unix socket or mutual TLS, docker-py underneath (in client.py, nowhere else)."""

from __future__ import annotations

from hosts.engine.docker.engine import DockerEngine

__all__ = ["DockerEngine"]
