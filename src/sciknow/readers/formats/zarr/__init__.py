"""Zarr stores, and what looks like one."""
