"""OPeNDAP servers."""
