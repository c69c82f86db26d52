"""The catalogs room."""
