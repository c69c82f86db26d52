"""Language: tokens, Chinese and English, numbers and measures."""
