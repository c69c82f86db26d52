"""Places: names in both languages, boxes, and how boxes lie to each other."""
