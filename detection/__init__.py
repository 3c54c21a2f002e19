"""Our words: frozen types and pure functions. No torch, no web, no threads."""
