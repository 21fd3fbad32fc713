"""The verb x role table: which role a person needs for which verb. Pure.

Before: permissions.py finds the role a person holds. After: it refuses, or lets the view call its action.
Roles are given per project; ADMIN is the platform's own role and holds everywhere.
"""

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    VIEWER = "viewer"
    OPERATOR = "operator"
    OWNER = "owner"
    ADMIN = "admin"


class Verb(StrEnum):
    PROJECT_SEE = "project.see"
    PROJECT_CREATE = "project.create"
    MEMBER_SEE = "member.see"
    MEMBER_CHANGE = "member.change"
    EVENT_SEE = "event.see"
    CONTAINER_SEE = "container.see"
    CONTAINER_LOGS = "container.logs"
    CONTAINER_RUN = "container.run"
    CONTAINER_STOP = "container.stop"
    CONTAINER_RESTART = "container.restart"
    CONTAINER_REMOVE = "container.remove"
    CONTAINER_REPLACE = "container.replace"
    SERVICE_SEE = "service.see"
    SERVICE_CREATE = "service.create"
    SERVICE_UPDATE = "service.update"
    SERVICE_SCALE = "service.scale"
    SERVICE_RESTART = "service.restart"
    SERVICE_ROLL_BACK = "service.roll-back"
    SERVICE_PAUSE = "service.pause"
    SERVICE_ABORT = "service.abort"
    SERVICE_PROMOTE = "service.promote"
    SERVICE_REMOVE = "service.remove"
    REGISTRY_SEE = "registry.see"
    REGISTRY_CHANGE = "registry.change"
    HOST_REGISTER = "host.register"
    HOST_CHANGE = "host.change"
    HOST_CORDON = "host.cordon"
    HOST_MARK_DEAD = "host.mark-dead"
    HOST_REMOVE = "host.remove"
    PLATFORM_SEE = "platform.see"
    BRAKE_RELEASE = "brake.release"
    POLICY_CHANGE = "policy.change"
    POLICY_CHOOSE = "policy.choose"
    REBALANCE_CHANGE = "rebalance.change"


RANK = MappingProxyType({Role.VIEWER: 1, Role.OPERATOR: 2, Role.OWNER: 3, Role.ADMIN: 4})

LEAST_ROLE = MappingProxyType(
    {
        Verb.PROJECT_SEE: Role.VIEWER,
        Verb.PROJECT_CREATE: Role.ADMIN,
        Verb.MEMBER_SEE: Role.VIEWER,
        Verb.MEMBER_CHANGE: Role.OWNER,
        Verb.EVENT_SEE: Role.VIEWER,
        Verb.CONTAINER_SEE: Role.VIEWER,
        Verb.CONTAINER_LOGS: Role.VIEWER,
        Verb.CONTAINER_RUN: Role.OPERATOR,
        Verb.CONTAINER_STOP: Role.OPERATOR,
        Verb.CONTAINER_RESTART: Role.OPERATOR,
        Verb.CONTAINER_REMOVE: Role.OPERATOR,
        Verb.CONTAINER_REPLACE: Role.OPERATOR,
        Verb.SERVICE_SEE: Role.VIEWER,
        Verb.SERVICE_CREATE: Role.OPERATOR,
        Verb.SERVICE_UPDATE: Role.OPERATOR,
        Verb.SERVICE_SCALE: Role.OPERATOR,
        Verb.SERVICE_RESTART: Role.OPERATOR,
        Verb.SERVICE_ROLL_BACK: Role.OPERATOR,
        Verb.SERVICE_PAUSE: Role.OPERATOR,
        Verb.SERVICE_ABORT: Role.OPERATOR,
        Verb.SERVICE_PROMOTE: Role.OPERATOR,
        Verb.SERVICE_REMOVE: Role.OPERATOR,
        Verb.REGISTRY_SEE: Role.VIEWER,
        Verb.REGISTRY_CHANGE: Role.OWNER,
        Verb.HOST_REGISTER: Role.ADMIN,
        Verb.HOST_CHANGE: Role.ADMIN,
        Verb.HOST_CORDON: Role.ADMIN,
        Verb.HOST_MARK_DEAD: Role.ADMIN,
        Verb.HOST_REMOVE: Role.ADMIN,
        Verb.PLATFORM_SEE: Role.ADMIN,
        Verb.BRAKE_RELEASE: Role.ADMIN,
        Verb.POLICY_CHANGE: Role.ADMIN,
        Verb.POLICY_CHOOSE: Role.OWNER,
        Verb.REBALANCE_CHANGE: Role.OWNER,
    }
)


def allows(role: Role | None, verb: Verb) -> bool:
    """May somebody with this role do this? No role may do nothing."""
    return role is not None and RANK[role] >= RANK[LEAST_ROLE[verb]]


def lower(role: Role, cap: Role) -> Role:
    """The weaker of the two: a token never gives more than its owner has, nor more than it was made for."""
    return min(role, cap, key=RANK.__getitem__)
