"""STAC documents."""
