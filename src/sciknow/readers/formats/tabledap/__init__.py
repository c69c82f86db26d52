"""Tables of ERDDAP servers."""
