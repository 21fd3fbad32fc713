"""Puts the specs' own JSON Schemas into the OpenAPI document, as the components ContainerSpec and ServiceSpec.

Before: drf-spectacular has made the document. After: the console's types and form know every field of a spec.
"""

from typing import Any

from containers.spec import schema, service_schema


def add_spec(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A post-processing hook of drf-spectacular."""
    components: dict[str, Any] = result.setdefault("components", {}).setdefault("schemas", {})
    components["ContainerSpec"] = schema()
    components["ServiceSpec"] = service_schema()
    result["components"]["schemas"] = dict(sorted(components.items()))
    return result
