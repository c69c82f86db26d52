"""Bringing sources into a hub, and telling what came."""
