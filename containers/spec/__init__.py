"""What is wanted, typed: one container's spec, from JSON (`parse`) and back (`dump`), its hash and its schema.

Pure. Before it: the API and Compose. After it: the row, placement, compile.
"""

from containers.spec.dump import dump, spec_hash
from containers.spec.errors import FieldError, SpecErrors
from containers.spec.fields import parse_constraint
from containers.spec.image import ImageReference, parse_image
from containers.spec.parse import parse, schema
from containers.spec.types import (
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
    "Constraint",
    "ContainerSpec",
    "FieldError",
    "HealthCheck",
    "HttpProbe",
    "ImageReference",
    "PortSpec",
    "Resources",
    "SpecErrors",
    "TcpProbe",
    "TmpfsMount",
    "VolumeMount",
    "dump",
    "parse",
    "parse_constraint",
    "parse_image",
    "schema",
    "spec_hash",
]
