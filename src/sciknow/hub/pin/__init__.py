"""The verbs that pin: lock, verify, crate."""
