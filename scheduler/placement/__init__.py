"""Placement is arithmetic: requests and a fleet in, verdicts with their reasons out.

Pure: no database, no clock, no chance. The snapshot comes before, the binding after.
"""

from scheduler.placement.fleet import Fleet
from scheduler.placement.place import place
from scheduler.placement.types import Group, PortWish, Request, Shape, Verdict, merge

__all__ = ["Fleet", "Group", "PortWish", "Request", "Shape", "Verdict", "merge", "place"]
