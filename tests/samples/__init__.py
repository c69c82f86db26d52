"""Data that tests make: formats for which xarray has no writer."""
