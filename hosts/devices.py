"""How a GPU is named to an engine (NVIDIA's UUID, a MIG's, or a number), and how many a host has at most.

Pure, for all that read or judge such a name: what an admin says, what an engine says, the policy of engine bodies.
"""

from typing import Final

DEVICE_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9._:/=-]{0,127}"  # no comma: drivers are told a list with commas
MODEL_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9 ._+()/-]{0,63}"  # the same as containers ask for (containers.spec)
MOST_GPUS: Final = 64  # of one host
WHOLE_MILLIS: Final = 1000
