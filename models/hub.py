"""The Hugging Face hub, as far as it is needed: what a file is, and its bytes from any place on.

The library's own downloads start over after a kill; ours go on where the part on disk ends.
"""

from dataclasses import dataclass
from typing import BinaryIO

import httpx2
from huggingface_hub import get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
)
from huggingface_hub.file_download import http_get
from huggingface_hub.utils.tqdm import disable_progress_bars


class FetchFault(Exception):
    """Why a file did not come; `key` names a sentence of texts/models.toml, `facts` are in it."""

    def __init__(self, key: str, **facts: str) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts = facts


@dataclass(frozen=True)
class RemoteFile:
    """What the hub says about one file."""

    source: str  # id of the repository
    name: str
    location: str  # where its bytes are
    revision: str  # commit it belongs to
    etag: str  # SHA-256 of large files, git's number of small ones
    size: int  # bytes


def ask_hub(source: str, name: str) -> RemoteFile:
    """Ask what a file is. Raises FetchFault."""
    try:
        found = get_hf_file_metadata(hf_hub_url(source, name), token=False)
    except (RemoteEntryNotFoundError, RepositoryNotFoundError, GatedRepoError) as error:
        raise FetchFault("fetch_not_there", detail=_first_line(error)) from error
    except HfHubHTTPError as error:
        raise FetchFault("fetch_refused", detail=_first_line(error)) from error
    except (httpx2.TransportError, OfflineModeIsEnabled, OSError) as error:
        raise FetchFault("fetch_unreachable", detail=_first_line(error)) from error
    if not (found.etag and found.commit_hash and found.size is not None):
        raise FetchFault("fetch_refused", detail="no hub answers there")
    return RemoteFile(source, name, found.location, found.commit_hash, found.etag, found.size)


def download(remote: RemoteFile, part: BinaryIO) -> None:
    """Write the bytes after the end of `part`, which is open for appending, to it.

    A connection that breaks is taken up again a few times. Raises FetchFault, and OSError of the
    disk; what has come stays in `part`.
    """
    disable_progress_bars()
    try:
        http_get(remote.location, part, resume_size=part.tell(), expected_size=remote.size)
    except HfHubHTTPError as error:
        raise FetchFault("fetch_refused", detail=_first_line(error)) from error
    except (httpx2.TransportError, OfflineModeIsEnabled) as error:
        raise FetchFault("fetch_broken_off", detail=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
