"""Models whose networks are the transformers library's, read out by our own rules."""
