"""How much of everything serving may use."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ServingLimits:
    """Sizes of queues, batches and cache, and how long anybody waits."""

    pool_workers: int = 2  # threads that decode and prepare pictures
    pool_queue: int = 32  # questions waiting for those threads
    max_batch: int = 8  # jobs the model answers in one go
    max_wait_ms: float = 5.0  # a job waits so long for others to share its batch
    model_queue: int = 64  # jobs waiting for one model
    deadline_s: float = 30.0  # from question to answer
    cache_bytes: int = 64 * 2**20
    cache_ttl_s: float = 3600.0
    recent_image_bytes: int = 64 * 2**20  # files of pictures at hand, so that they can be kept
    models_bytes: int = 0  # about what the loaded models take together; 0: no bound
