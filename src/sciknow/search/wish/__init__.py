"""Wishes: what a question says of time, place, grain and terms of use."""
