"""The roof: composes the other packages and faces the outside."""

__version__ = "0.1.0"
