"""Checks and figures of the knowledge base; `scripts/check_knowledge.py` runs them."""
