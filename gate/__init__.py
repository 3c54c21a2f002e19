"""The front door: one ASGI onion around everything. Closed unless a leg opens it."""
