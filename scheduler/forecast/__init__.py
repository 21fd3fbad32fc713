"""What would happen: the functions of the loops run on a snapshot, with a clock of its own, until nothing changes.

Pure. Before: outlook.py reads rows, with the asked changes laid over them. After: plans, and what-if answers.
"""

from scheduler.forecast.run import forecast
from scheduler.forecast.types import Body, Crew, Extra, Forecast, HostState, NotSeen, Others, Step, Waiting
from scheduler.forecast.world import World

__all__ = [
    "Body",
    "Crew",
    "Extra",
    "Forecast",
    "HostState",
    "NotSeen",
    "Others",
    "Step",
    "Waiting",
    "World",
    "forecast",
]
