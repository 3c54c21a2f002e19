"""GLIP as published, on plain PyTorch: the paper's nouns, one a file.

It knows nothing of requests, users or caches of answers; `detector.py` is its only door.
"""
