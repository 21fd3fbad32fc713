"""The only writer of a container's status, host, wishes and observations.

Every change is compare-and-set on the table of containers.states, writes its event and sends one hint in the same
transaction, and says who was first: what is not in the answer was not changed. Holders of a lease or a host pass
their hold, which is fenced first. Before: actions, controllers, binding, the agent. After: socket, loops.
"""

from containers.transitions.at_once import Place
from containers.transitions.binding import Binding, BoundPort, bind_many, bind_plain
from containers.transitions.devices import GpuClaim
from containers.transitions.moves import Move, Observation, move, move_many, observe_many
from containers.transitions.room import GivesWay, give_way, nominate
from containers.transitions.slots import NewSlot, add_first, add_next, name_conflict, name_in_use
from containers.transitions.wishes import hold_stop, release_stop, want

__all__ = [
    "Binding",
    "BoundPort",
    "GivesWay",
    "GpuClaim",
    "Move",
    "NewSlot",
    "Observation",
    "Place",
    "add_first",
    "add_next",
    "bind_many",
    "bind_plain",
    "give_way",
    "hold_stop",
    "move",
    "move_many",
    "name_conflict",
    "name_in_use",
    "nominate",
    "observe_many",
    "release_stop",
    "want",
]
