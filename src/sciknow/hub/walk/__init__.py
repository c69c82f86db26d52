"""The verbs that walk the knowledge graph: related, sparql, sector."""
