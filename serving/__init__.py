"""From a question to its result: queues, cache and batches around a detector. No torch, no web."""
