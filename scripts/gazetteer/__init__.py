"""What ``make_gazetteer.py`` reads places from, and when it lets a name count."""
