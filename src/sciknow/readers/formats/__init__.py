"""The formats: one reader each, and what reads their bytes."""
