"""Whole copies: which files a distribution is made of, and fetching them."""
