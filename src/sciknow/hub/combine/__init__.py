"""The verbs that combine: compatible and combine."""
