"""Making a generation: from catalogues and Turtle, or from plain texts."""
