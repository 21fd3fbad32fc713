"""Bugs planted by hand, each of which a named test must catch: `python -m tests.planted` (part of `make soak`).

Each is applied to a copy of the tree, where its test must fail; the tree itself is never touched.
"""
