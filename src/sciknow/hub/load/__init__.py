"""The verbs that load: open, plan, cite."""
