"""Harvesting: the records of a registry → model objects, with a receipt that is true.

A protocol is a file: it turns pages and maps records, and nothing else. Everything that protocols
have in common is done for them:

- `run` walks: it asks through the wire, writes the journal, goes on after a kill, replays offline.
- `archive` keeps what came, as it came.
- `tally` counts and writes the receipt; it stops on repeated cursors and pages with nothing new.
- `mapping` reads fields (dates with words, licences, identifiers, names), `area` boxes and
  geometries, `way` the ways to the data and which reader takes them.
- `markup` reads XML that comes from anywhere, `rdf_graph` RDF, `json_ld` the JSON-LD in pages.
- `crawl` walks documents that link to others: each once, dead links named, no chain without end.
- `registry` lists the protocols that are installed, and finds out which one an address speaks.

To add one, write ``harvest/<name>.py`` with an object ``PROTOCOL`` that has what
`protocol.HarvestProtocol` lists, name it in ``pyproject.toml`` under ``sciknow.protocols``, show
how its pages look to `sciknow.testing.hostile`, and inherit
`sciknow.testing.protocol.ProtocolTests`. Rules that keep receipts true:

- Ask only by the `ask` that `pages` is given, and let what is asked depend on nothing but *asked*
  and the answers: no clock, no random number. So a journal replays.
- Raise what is wrong with a page (`SourceUnavailable`, `IntegrityError`); never yield less in
  silence. What can be had afterwards may be asked for in smaller pieces; what cannot is said as
  `Page.missing`.
- A `Page` has `declared` where the source names a total, on each page anew; `cursor` whenever
  there is a next page; `part` where several lists declare a total of their own; `doubt` where
  something shows that the list has moved.
- A record without an id, or one that is no record, is a `Record` with a `problem`: it is refused
  and counted, not dropped.
- `parse` uses `mapping`; what has no place goes into `Dataset.extra` (`mapping.rest`).
"""
