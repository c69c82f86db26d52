"""The verbs that find: search, similar, suggest, facets; and what they return."""
