"""What is wanted, typed: one container's spec, from JSON (`parse`) and back (`dump`), its hash and its schema.

Pure. Before it: the API and Compose. After it: the row, placement, compile.
"""

from containers.spec.constraints import parse_constraint
from containers.spec.dump import dump, spec_hash
from containers.spec.errors import FieldError, SpecErrors
from containers.spec.image import ImageReference, parse_image
from containers.spec.parse import parse, schema
from containers.spec.service import ServiceSpec, UpdatePolicy, is_exclusive
from containers.spec.service_parse import (
    dump_service,
    dump_update,
    of_service,
    parse_service,
    parse_update,
    service_schema,
    whole_update,
)
from containers.spec.types import (
    Affinity,
    Constraint,
    ContainerSpec,
    HealthCheck,
    HttpProbe,
    PortSpec,
    Resources,
    TcpProbe,
    TmpfsMount,
    VolumeMount,
)

__all__ = [
    "Affinity",
    "Constraint",
    "ContainerSpec",
    "FieldError",
    "HealthCheck",
    "HttpProbe",
    "ImageReference",
    "PortSpec",
    "Resources",
    "ServiceSpec",
    "SpecErrors",
    "TcpProbe",
    "TmpfsMount",
    "UpdatePolicy",
    "VolumeMount",
    "dump",
    "dump_service",
    "dump_update",
    "is_exclusive",
    "of_service",
    "parse",
    "parse_constraint",
    "parse_image",
    "parse_service",
    "parse_update",
    "schema",
    "service_schema",
    "spec_hash",
    "whole_update",
]
