"""Looking whether a source still answers."""
