"""Ranking: from a question to ordered hits that explain themselves."""
