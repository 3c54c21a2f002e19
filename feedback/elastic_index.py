"""The index in Elasticsearch: template, versioned index and alias, made where they are missing."""

import logging
from collections.abc import Iterator, Sequence

from elasticsearch import ApiError, Elasticsearch, TransportError

from feedback.elastic import WRITE_S, StoreTrouble, Trouble, trouble_of
from feedback.elastic_bulk import Reply, send_letters
from feedback.elastic_fields import INDEX_VERSION, mapping
from feedback.outbox import Letter

# A copy on a second node where there is one.
_SETTINGS = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}

_log = logging.getLogger(__name__)


class FeedbackIndex:
    """The relay's destination: the index behind `alias`."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self._alias = alias

    def prepare(self) -> None:
        """See that the alias leads to an index that takes our documents.

        Changes nothing where it does. Raises StoreTrouble: CONFLICT where something else of that
        name, or an index with another mapping, stands there.
        """
        alias, patient = self._alias, self._client.options(request_timeout=WRITE_S)
        try:
            # Asked first, and impatiently: a server that hangs is found out here.
            is_there = bool(self._client.indices.exists_alias(name=alias))
            _make_template(patient, alias)
            if not is_there:
                _make_index(patient, alias)
            patient.indices.put_mapping(index=alias, **mapping())
        except (ApiError, TransportError) as error:
            raise trouble_of(error) from error

    def send(self, letters: Sequence[Letter]) -> Iterator[Reply]:
        """Yield what became of each letter. Raises StoreTrouble."""
        return send_letters(self._client, self._alias, letters)

    def close(self) -> None:
        self._client.close()


def _make_template(client: Elasticsearch, alias: str) -> None:
    """So that a further index, one made by hand for instance, is as strict as ours."""
    try:
        client.indices.put_index_template(
            name=alias,
            index_patterns=[f"{alias}-v*"],
            priority=500,
            version=INDEX_VERSION,
            template={"settings": _SETTINGS, "mappings": mapping()},
        )
    except ApiError as error:
        if error.status_code != 403:  # a key for this index alone may not make templates
            raise
        _log.warning("no index template: %s", error)


def _make_index(client: Elasticsearch, alias: str) -> None:
    if client.indices.exists(index=alias):
        raise StoreTrouble(Trouble.CONFLICT, f"{alias} is an index and not an alias")
    index = f"{alias}-v{INDEX_VERSION}"
    if client.indices.exists(index=index):
        client.indices.put_alias(index=index, name=alias, is_write_index=True)
        return
    client.indices.create(
        index=index,
        settings=_SETTINGS,
        mappings=mapping(),
        aliases={alias: {"is_write_index": True}},
    )
