"""RDF text ↔ quads and terms, guarded: what anything that reads or writes RDF stands on.

`guarded` parses text that others wrote, in a process that can be killed; `turtle` reads files
written by hand as plain records; `term` makes terms from checked values; `rdfterm` turns terms of
the engine into rdflib's and back; `prefix` holds the prefixes. Stores, queries and what a record
looks like as RDF lie in `sciknow.graph`.
"""
