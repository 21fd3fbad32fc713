"""What a project may ask of an engine: one function on the compiled body, on every path to an engine.

Comes after compile and before the engine's create call. The body is judged by allow-lists with exact spelling,
because the engine reads keys without case ("privileged", "hostconfig") and takes fields of HostConfig at the top
level too (seen on Docker 20.10): whatever is not listed here is refused.
"""

from containers.policy.body import refusals
from containers.policy.project import DEFAULT_CAPABILITIES, ProjectPolicy, Refusal

__all__ = ["DEFAULT_CAPABILITIES", "ProjectPolicy", "Refusal", "refusals"]
