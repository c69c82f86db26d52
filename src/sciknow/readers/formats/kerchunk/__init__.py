"""Kerchunk references."""
