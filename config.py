"""Every setting: a name, a default and a sentence. Only app.py and cli.py build `Settings`."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from `GLIP_…` variables and `.env`; frozen once read."""

    model_config = SettingsConfigDict(
        env_prefix="GLIP_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    # fmt: off
    data_dir: Path = Field(Path("data"), description="Folder of everything that is kept: users, sessions, results, ratings, uploads.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(7860, ge=0, le=65535, description="Port the server listens on.")
    metrics_port: int = Field(9464, ge=0, le=65535, description="Port of the Prometheus metrics, on the same address; 0 turns them off.")
    allowed_hosts: tuple[str, ...] = Field((), description="Host names, besides the loopback ones and `host`, that requests may be addressed to (a JSON list).")
    trusted_proxies: tuple[str, ...] = Field((), description="Addresses of reverse proxies whose `X-Forwarded-*` headers are believed (a JSON list).")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    model: str = Field("glip-nano", description="Name of the model that answers when a request names none.")
    models_dir: Path = Field(Path("data/models"), description="Folder of further models, one file or folder a model; see docs/models.md.")
    device: str = Field("auto", description="`auto` (CUDA if there is one), `cpu`, or a torch device such as `cuda:1`.")

    max_body_bytes: int = Field(24 * 2**20, gt=0, description="Largest request body, in bytes.")
    max_image_bytes: int = Field(20 * 2**20, gt=0, description="Largest encoded picture, in bytes.")
    max_image_pixels: int = Field(25_000_000, gt=0, description="Most pixels of a picture.")
    max_image_side: int = Field(12_000, gt=0, description="Longest side of a picture, in pixels.")

    pool_workers: int = Field(2, gt=0, description="Threads that decode and prepare pictures.")
    pool_queue: int = Field(32, gt=0, description="Jobs that may wait for those threads; more are refused with 503.")
    max_batch: int = Field(8, gt=0, description="Most jobs the model answers in one go.")
    max_wait_ms: float = Field(5.0, ge=0, description="Milliseconds a job waits for others to share its batch.")
    model_queue: int = Field(64, gt=0, description="Jobs that may wait for the model; more are refused with 503.")
    deadline_s: float = Field(30.0, gt=0, description="Seconds after which a waiting request is answered with 504.")
    hang_exit_s: float = Field(120.0, gt=0, description="Seconds of one batch after which the model is taken for hung and the process ends, so that its supervisor starts it again.")
    cache_bytes: int = Field(64 * 2**20, ge=0, description="Bytes of answers kept in memory.")
    cache_ttl_s: float = Field(3600.0, gt=0, description="Seconds an answer is kept in memory.")

    limit_detect: str = Field("10/minute", description="Detections of one session; admins have ten times as many, an answer from the cache counts a tenth.")
    limit_detect_address: str = Field("60/minute", description="Detections of one network address; likewise.")
    limit_upload: str = Field("30/minute", description="Uploads of one session to the page.")
    limit_feedback: str = Field("30/minute", description="Ratings of one session.")
    limit_request: str = Field("1200/minute", description="Requests of one session, of any kind; loading the page takes about 80.")
    limit_sign_in: str = Field("5/minute;20/hour", description="Failed sign-ins of one name from one address.")
    # fmt: on

    @property
    def database(self) -> Path:
        """The one SQLite file: users, sessions, results, ratings."""
        return self.data_dir / "glip.sqlite3"
