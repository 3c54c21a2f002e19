"""Mechanism without a word of the domain."""
