"""GRIB fields."""
