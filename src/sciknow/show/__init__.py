"""What people see: records and reports as html and drawings, in either language.

`record` shows a record, `hits` what a search found, `probes` the history of a distribution as a
drawing, `page` is a whole page. Words come from `sciknow.words`; `sciknow._html` escapes values.
"""
