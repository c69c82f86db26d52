"""The index: words, vectors, columns and texts of the records, built and read."""
