"""Getting at bytes: transport, object stores, files by ranges, and the cache."""
