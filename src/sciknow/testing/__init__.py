"""Contract tests that every implementation of a Protocol passes."""
