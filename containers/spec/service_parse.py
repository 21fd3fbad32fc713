"""From JSON to a ServiceSpec and back: all errors at once, each with a pointer to its field. Also the schema.

The container of a service is written as any container, without its name: it is named like the service.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from containers.spec import fields as f
from containers.spec.dump import dump
from containers.spec.errors import FieldError, SpecErrors, below, shown, step, wrong
from containers.spec.kinds import Field, Kind, Values, choice, flag, record, whole
from containers.spec.parse import parse, schema
from containers.spec.service import ServiceSpec, UpdatePolicy
from containers.spec.types import ContainerSpec
from containers.spec.unknown import unknown_keys

NAME_PATTERN: Final = r"[a-z0-9][a-z0-9-]{0,49}"
MAX_REPLICAS: Final = 10_000
ALWAYS: Final = "always"
_DEFAULT: Final = UpdatePolicy()


def _possible(values: Values) -> Iterator[FieldError]:
    policy = UpdatePolicy(**values)
    if policy.max_surge == 0 and policy.max_unavailable == 0:
        words = "with max_surge 0 and max_unavailable 0 nothing could ever be replaced; allow one of either"
        yield FieldError("/max_unavailable", "invalid", words)
    if policy.order == "start-first" and policy.max_surge == 0:
        yield FieldError(
            "/max_surge", "invalid", "start-first needs room for one more: at least 1, or order stop-first"
        )


def _count(low: int, high: int, what: str, default: int) -> Kind[int]:
    return whole(low, high, say=what).described(what, default=default)


_UPDATE_FIELDS: Final[dict[str, Field]] = {
    "order": Field(
        "order",
        choice(("start-first", "stop-first"), say="an order").described(
            "which comes first; a volume or a fixed host port makes it stop-first by itself", default=_DEFAULT.order
        ),
    ),
    "max_surge": Field("max_surge", _count(0, 1000, "containers more than wanted", _DEFAULT.max_surge)),
    "max_unavailable": Field(
        "max_unavailable", _count(0, 1000, "containers fewer ready than wanted", _DEFAULT.max_unavailable)
    ),
    "batch": Field("batch", _count(1, 1000, "containers replaced at a time", _DEFAULT.batch)),
    "health_window": Field(
        "health_window_s",
        _count(0, 3600, "seconds that a new one must be ready without a break", _DEFAULT.health_window_s),
    ),
    "start_deadline": Field(
        "start_deadline_s",
        _count(1, 86_400, "seconds until a new one must be ready", _DEFAULT.start_deadline_s),
    ),
    "failure_threshold": Field(
        "failure_threshold",
        _count(1, 1000, "new containers that fail until the roll-out has failed", _DEFAULT.failure_threshold),
    ),
    "on_failure": Field(
        "on_failure",
        choice(("pause", "roll-back"), say="what a failed roll-out does").described(
            "what a failed roll-out does", default=_DEFAULT.on_failure
        ),
    ),
    "hold_after_first": Field(
        "hold_after_first",
        flag(say="hold_after_first").described("wait for `promote` after the first batch", default=False),
    ),
}

_update = record(
    UpdatePolicy,
    _UPDATE_FIELDS,
    say='write update as {"order": "start-first", "max_surge": 1}',
    unknown=unknown_keys,
    check=_possible,
)


def _container(value: object) -> ContainerSpec:
    """The container, under a name that the service's will replace; it is restarted unless it says otherwise."""
    if not isinstance(value, Mapping):
        raise wrong(f'write the container as {{"image": "nginx:1.29"}}, not {shown(value)}')
    if "name" in value:
        raise wrong("a service's container is named like the service; leave the name out", at=step("name"))
    return parse({"restart": ALWAYS, **value, "name": "x"})


def _container_schema() -> dict[str, Any]:
    found = dict(schema())
    found["properties"] = {name: one for name, one in found["properties"].items() if name != "name"}
    found["required"] = [name for name in found["required"] if name != "name"]
    found["description"] = "what runs in each slot, as any container, without a name; restart is always by default"
    return found


_name = Kind(f.name.read, {**f.name.schema, "maxLength": 50, "pattern": f"^(?:{NAME_PATTERN})$"}).described(
    "the service's name, unique in its project; its containers are web.1, web.2 ...", examples=["web"]
)

SERVICE: Final[dict[str, Field]] = {
    "name": Field("name", _name, required=True),
    "container": Field("container", Kind(_container, _container_schema()), required=True),
    "mode": Field(
        "mode",
        choice(("replicated", "global"), say="a mode").described(
            "so many of it, or one on each host that fits", default="replicated"
        ),
    ),
    "replicas": Field("replicas", _count(0, MAX_REPLICAS, "how many should run", 1)),
    "update": Field(
        "update", _update.described("how one revision replaces another: how many at a time, in which order, proved how")
    ),
    "stop_delay": Field(
        "stop_delay_s",
        _count(0, 60, "seconds between leaving the endpoints and being told to end", 0),
    ),
    "strict": Field(
        "strict",
        flag(say="strict").described(
            "never two of one slot: a lost host's are replaced only by an operator's word", default=False
        ),
    ),
}


def _sensible(values: Values) -> Iterator[FieldError]:
    if len(values.get("name", "")) > 50:
        yield FieldError("/name", "limit", "a service's name has at most 50 characters")
    if values.get("mode") == "global" and "replicas" in values:
        yield FieldError("/replicas", "invalid", "a global service has one on each host; leave replicas out")


_service = record(
    ServiceSpec,
    SERVICE,
    say='write a service as {"name": "web", "replicas": 3, "container": {"image": "nginx:1.29"}}',
    unknown=unknown_keys,
    check=_sensible,
)


def parse_service(data: object) -> ServiceSpec:
    """The typed spec; raises SpecErrors with everything that is wrong."""
    spec = _service.read(data)
    return replace(spec, container=replace(spec.container, name=spec.name))


def parse_update(data: object) -> UpdatePolicy:
    """An update policy by itself, with pointers as within its service."""
    try:
        return _update.read(data)
    except SpecErrors as error:
        raise SpecErrors(below("/update", error.errors)) from None


def dump_update(policy: UpdatePolicy) -> dict[str, Any]:
    """JSON that `parse_update` reads back; what is as always is left out."""
    return {
        name: getattr(policy, field.attribute)
        for name, field in _UPDATE_FIELDS.items()
        if getattr(policy, field.attribute) != getattr(_DEFAULT, field.attribute)
    }


def whole_update(policy: UpdatePolicy) -> dict[str, Any]:
    """The same with every value."""
    return {name: getattr(policy, field.attribute) for name, field in _UPDATE_FIELDS.items()}


def of_service(container: Mapping[str, Any]) -> dict[str, Any]:
    """A canonical container spec as its service writes it: without a name, and always with its restart, whose default
    is another one there."""
    rest = {name: value for name, value in container.items() if name != "name"}
    return {**rest, "restart": container.get("restart", "none")}


def dump_service(spec: ServiceSpec) -> dict[str, Any]:
    """JSON that `parse_service` reads back to an equal spec."""
    container = of_service(dump(spec.container))
    found: dict[str, Any] = {"name": spec.name, "mode": spec.mode, "container": container}
    if spec.mode == "replicated":
        found["replicas"] = spec.replicas
    if update := dump_update(spec.update):
        found["update"] = update
    if spec.stop_delay_s:
        found["stop_delay"] = spec.stop_delay_s
    if spec.strict:
        found["strict"] = True
    return found


def service_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what `parse_service` reads."""
    return {**dict(_service.schema), "title": "ServiceSpec"}
