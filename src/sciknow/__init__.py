"""sciknow: from a question in Chinese or English to a lazily loaded, cited, pinned array."""

__version__ = "0.1.0"
