"""containers/spec/image.py: image references by the grammar of the registries."""

import pytest

from containers.spec import ImageReference, SpecErrors, parse_image

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nginx", ImageReference("docker.io", "library/nginx", "latest", None)),
        ("nginx:1.27", ImageReference("docker.io", "library/nginx", "1.27", None)),
        ("shop/web", ImageReference("docker.io", "shop/web", "latest", None)),
        ("docker.io/nginx", ImageReference("docker.io", "library/nginx", "latest", None)),
        ("index.docker.io/nginx", ImageReference("docker.io", "library/nginx", "latest", None)),
        ("registry:5000/shop/web:1.4", ImageReference("registry:5000", "shop/web", "1.4", None)),
        ("registry:5000/web", ImageReference("registry:5000", "web", "latest", None)),
        ("localhost/web", ImageReference("localhost", "web", "latest", None)),
        ("172.29.0.1:5000/web:x_Y.z-1", ImageReference("172.29.0.1:5000", "web", "x_Y.z-1", None)),
        ("[2001:db8::1]:5000/web", ImageReference("[2001:db8::1]:5000", "web", "latest", None)),
        (f"ghcr.io/a/b@{DIGEST}", ImageReference("ghcr.io", "a/b", None, DIGEST)),
        (f"ghcr.io/a/b:2@{DIGEST}", ImageReference("ghcr.io", "a/b", "2", DIGEST)),
        ("a__b/c---d/e.f_g", ImageReference("docker.io", "a__b/c---d/e.f_g", "latest", None)),
        ("Host/web", ImageReference("Host", "web", "latest", None)),
    ],
)
def test_a_reference_has_parts(text: str, expected: ImageReference) -> None:
    assert parse_image(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "name an image"),
        (None, "name an image"),
        (5, "name an image"),
        ("https://ghcr.io/a", "not a URL"),
        ("Nginx", "lower case; write 'nginx'"),
        ("ghcr.io/Shop/web", "lower case"),
        ("nginx:", "the tag"),
        ("nginx:-x", "the tag"),
        ("nginx:" + "x" * 129, "the tag"),
        ("nginx@sha256:abc", "digest"),
        ("nginx@", "digest"),
        (f"nginx@{DIGEST.upper()}", "digest"),
        ("nginx 1.27", "no blanks"),
        ("nginx\n", "no blanks"),
        ("a//b", "repository"),
        ("/a", "repository"),
        ("a/", "repository"),
        ("a..b", "repository"),
        ("a___b", "repository"),
        ("registry:99999/web", "registry"),
        ("registry:0/web", "registry"),
        ("-bad.example/web", "registry"),
        ("[::1/web:5000/x", "registry"),
        (DIGEST, "image id"),
        ("0a" * 32, "image id"),
        ("a/" * 200 + "b", "at most 255"),
        ("a" * 600, "at most 512"),
        ("nginx\0", "repository"),
        ("n\ud800", "repository"),
    ],
)
def test_what_is_no_reference_is_refused_with_words(text: object, words: str) -> None:
    with pytest.raises(SpecErrors, match=words):
        parse_image(text)


@pytest.mark.timeout(5)
def test_no_text_makes_the_grammar_slow() -> None:
    for text in ("a" * 511 + "!", "a-" * 255 + "!", "a." * 200 + "/!", "-" * 511, "a.b" * 100 + ":!/x"):
        with pytest.raises(SpecErrors):
            parse_image(text)
