"""Image references, by the grammar of github.com/distribution/reference (reference.go, normalize.go).

`parse_image` says what a reference means (registry, repository, tag, digest) or what is wrong with it; the spec
checks with it, the agent asks the right registry with it.
"""

import re
from dataclasses import dataclass
from typing import Final

from containers.spec.errors import shown, wrong

MAX_REFERENCE: Final = 512
MAX_REPOSITORY: Final = 255
DEFAULT_REGISTRY: Final = "docker.io"

_COMPONENT: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DOMAIN_PART: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::(?P<port>[0-9]{{1,5}}))?")
_PATH: Final = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST: Final = re.compile(r"sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}")
_ID: Final = re.compile(r"(?:sha256:)?[a-f0-9]{64}")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """`registry` and `repository` are complete ("docker.io", "library/nginx"); tag is None beside a digest alone."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None


def parse_image(text: object) -> ImageReference:
    """The parts of a reference; raises SpecErrors. No tag and no digest means the tag "latest"."""
    if not isinstance(text, str) or not text:
        raise wrong('name an image, like "nginx:1.27" or "registry:5000/shop/web:1.4"')
    _refuse_usual_mistakes(text)
    name, has_digest, digest = text.partition("@")
    if has_digest and not _DIGEST.fullmatch(digest):
        raise wrong(f"the digest {shown(digest)} is not sha256: and 64 hex digits; copy it whole, or use a tag")
    name, tag = _split_tag(name)
    registry, repository = _split_registry(name)
    if registry == DEFAULT_REGISTRY and "/" not in repository:
        repository = f"library/{repository}"
    return ImageReference(registry, repository, tag or (None if has_digest else "latest"), digest or None)


def _refuse_usual_mistakes(text: str) -> None:
    if len(text) > MAX_REFERENCE:
        raise wrong(f"an image reference has at most {MAX_REFERENCE} characters", code="limit")
    if re.search(r"\s", text):
        raise wrong(f"an image reference has no blanks, and {shown(text)} has one; remove it")
    if "://" in text:
        raise wrong(f"an image is not a URL; write it without {shown(text.partition('://')[0] + '://')}")
    if _ID.fullmatch(text):
        raise wrong("this is an image id, which only one engine knows; name the image by its tag or its digest")


def _split_tag(name: str) -> tuple[str, str | None]:
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag or ("/" not in head and name.startswith("[")):
        return name, None
    if not _TAG.fullmatch(tag):
        raise wrong(f"the tag {shown(tag)} is not valid; a tag is 1 to 128 letters, digits, '_', '.' and '-'")
    return head, tag


def _split_registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    if not slash or not _names_a_registry(first):
        registry, path = DEFAULT_REGISTRY, name
    else:
        registry, path = first, rest
    match = _DOMAIN.fullmatch(registry)
    if match is None or not 1 <= int(match["port"] or 1) <= 65535:
        raise wrong(f"the registry {shown(registry)} is not a host name with an optional port, like registry:5000")
    if not _PATH.fullmatch(path):
        raise wrong(_repository_words(path))
    if len(name) > MAX_REPOSITORY:
        raise wrong(f"the name before the tag has at most {MAX_REPOSITORY} characters", code="limit")
    return ("docker.io" if registry == "index.docker.io" else registry), path


def _names_a_registry(first: str) -> bool:
    return "." in first or ":" in first or first == "localhost" or first.lower() != first


def _repository_words(path: str) -> str:
    if path.lower() != path:
        return f"repository names are lower case; write {shown(path.lower())}"
    return f"the repository {shown(path)} is not valid; use lower-case letters and digits, joined by '/', '.', '_', '-'"
