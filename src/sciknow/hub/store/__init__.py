"""The hub's folder, its generations, and the records in them."""
