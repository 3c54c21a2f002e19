import pytest
from pydantic import ValidationError

from api.feedback_schemas import FeedbackIn

CROWD = 10_000


def places_of(**body: object) -> list[tuple[int | str, ...]]:
    with pytest.raises(ValidationError) as refused:
        FeedbackIn.model_validate({"result_id": "0" * 32, **body})
    return [fault["loc"] for fault in refused.value.errors()]


@pytest.mark.parametrize("name", ["boxes", "missed"])
def test_of_many_broken_boxes_the_first_is_told(name: str) -> None:
    places = places_of(**{name: [{}] * CROWD})
    assert {place[:2] for place in places} == {(name, 0)}


def test_of_many_unknown_fields_a_few_are_told() -> None:
    crowd = {f"field {number}": 0 for number in range(CROWD)}
    names = [(name,) for name in crowd]
    assert places_of(**crowd) == names[:5]
    inner = places_of(rating=3, missed=[{"phrase": "a hat", "box": [0, 0, 9, 9], **crowd}])
    assert inner == [("missed", 0, *name) for name in names[:5]]


def test_one_unknown_field_is_told_beside_what_is_missing() -> None:
    places = places_of(boxes=[{"index": 0, "score": 1}])
    assert places == [("boxes", 0, "verdict"), ("boxes", 0, "score")]
