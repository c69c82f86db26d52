"""The verbs that keep: preserve and audit; and what was kept."""
