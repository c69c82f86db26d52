"""Parquet and GeoParquet tables."""
