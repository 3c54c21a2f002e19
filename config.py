"""Every setting: a name, a default and a sentence. Only app.py and commands/ build `Settings`."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)


class SecretFiles(PydanticBaseSettingsSource):
    """A secret may stand in a file: `GLIP_X_FILE` names it, as container platforms hand them out.

    Raises SettingsError, which names the setting, where the file cannot be read.
    """

    def __init__(self, settings: type[BaseSettings], *named_in: EnvSettingsSource) -> None:
        super().__init__(settings)
        self._named_in = named_in

    def __call__(self) -> dict[str, Any]:
        found = (self.get_field_value(*item) for item in self._secrets())
        return {name: value for value, name, _ in found if value is not None}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - pydantic's signature
        """Return the file's text, or None where none is named; the rest is as pydantic asks."""
        path = self._path(f"{field_name}_file")
        try:
            value = Path(path).read_text("utf-8").strip() if path else None
        except (OSError, UnicodeError) as error:
            raise SettingsError(f'cannot read the file of field "{field_name}_file"') from error
        return value, field_name, False

    def _secrets(self) -> list[tuple[FieldInfo, str]]:
        fields = self.settings_cls.model_fields.items()
        return [(field, name) for name, field in fields if field.annotation is SecretStr]

    def _path(self, name: str) -> str | None:
        variable = f"{self.config['env_prefix']}{name}".lower()
        paths = (source.env_vars.get(variable) for source in self._named_in)
        return next(filter(None, paths), None)


VERSION = "0.1.0"


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
    models_bytes: int = Field(4 * 2**30, ge=0, description="Bytes the loaded models may take together, about; the one not asked for longest leaves for another. The default model always stays; 0 means no bound.")
    device: str = Field("auto", description="`auto` (CUDA if there is one), `cpu`, or a torch device such as `cuda:1`.")

    max_body_bytes: int = Field(24 * 2**20, gt=0, description="Largest request body, in bytes; of JSON 1 MiB at most.")
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
    recent_image_bytes: int = Field(64 * 2**20, ge=0, description="Bytes of the latest picture files kept in memory for an hour, so that whoever rates can leave one to improve the model.")
    keep_images_days: float = Field(365.0, gt=0, description="Days a picture is kept that was left to improve the model.")

    elasticsearch_url: str = Field("", pattern=r"^(https?://[^\s@]+)?$", description="Address of an Elasticsearch (8 or 9) that ratings are copied to; empty keeps them in SQLite alone. Credentials do not belong here.")
    elasticsearch_index: str = Field("glip_feedback", pattern=r"^[a-z0-9][a-z0-9_.-]{0,200}$", description="Alias of the index; the index itself is called the same with `-v1`.")
    elasticsearch_api_key: SecretStr = Field(SecretStr(""), description="Key for it, in its encoded form; or `GLIP_ELASTICSEARCH_API_KEY_FILE`.")
    elasticsearch_user: str = Field("", description="User for it, where there is no key.")
    elasticsearch_password: SecretStr = Field(SecretStr(""), description="Password of that user; or `GLIP_ELASTICSEARCH_PASSWORD_FILE`.")
    elasticsearch_ca_file: str = Field("", description="File of the certificate authority that signed its certificate, if no public one did.")

    limit_detect: str = Field("10/minute", description="Detections of one session; admins have ten times as many, an answer from the cache counts a tenth.")
    limit_detect_address: str = Field("60/minute", description="Detections of one network address; likewise.")
    limit_upload: str = Field("30/minute", description="Uploads of one session to the page.")
    limit_feedback: str = Field("60/minute", description="Ratings of one session, edits included.")
    limit_feedback_address: str = Field("120/minute", description="Ratings of one network address; likewise.")
    limit_request: str = Field("1200/minute", description="Requests of one session, of any kind; loading the page takes about 120.")
    limit_flood_address: str = Field("6000/minute", description="Requests of one network address, whoever sends them.")
    limit_sign_in: str = Field("5/minute;20/hour", description="Failed sign-ins of one name from one address.")
    # fmt: on

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the secrets' files last: a value that is given itself counts more."""
        named_in = [s for s in (env_settings, dotenv_settings) if isinstance(s, EnvSettingsSource)]
        files = SecretFiles(settings_cls, *named_in)
        return init_settings, env_settings, dotenv_settings, file_secret_settings, files

    @property
    def database(self) -> Path:
        """The one SQLite file: users, sessions, results, ratings."""
        return self.data_dir / "glip.sqlite3"
