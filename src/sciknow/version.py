"""The version of the package, one home for it."""

__version__ = "0.2.0"
