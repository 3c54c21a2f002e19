"""Closed label sets: a series cannot grow with what strangers send."""

from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar

from prometheus_client.metrics import MetricWrapperBase

OTHER = "other"

Series = TypeVar("Series", bound=MetricWrapperBase)


class Closed(Generic[Series]):
    """A labelled series whose label values are known beforehand; any other counts as "other".

    A series with one label is exported from the start, at zero, so that a first event is an
    increase and not the birth of a series.
    """

    def __init__(self, series: Series, **allowed: Collection[str]) -> None:
        self._series = series
        self._allowed = {label: frozenset(values) for label, values in allowed.items()}
        if len(allowed) == 1:
            ((label, values),) = allowed.items()
            for value in values:
                series.labels(**{label: value})

    def labels(self, **values: str) -> Series:
        """Return the child series. Raises ValueError where a label is missing or unknown."""
        if values.keys() != self._allowed.keys():
            raise ValueError(f"expected the labels {sorted(self._allowed)}, got {sorted(values)}")
        known = {
            label: value if value in self._allowed[label] else OTHER
            for label, value in values.items()
        }
        return self._series.labels(**known)


def closed(
    kind: Callable[[str, str, Collection[str]], Series],
    name: str,
    meaning: str,
    allowed: Mapping[str, Collection[str]],
) -> Closed[Series]:
    """Build the series `name` of the given kind with closed labels."""
    return Closed(kind(name, meaning, tuple(allowed)), **allowed)
