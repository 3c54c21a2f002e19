from hypothesis import given, settings
from hypothesis import strategies as st

from detection.label_places import Rectangle, place_labels

PICTURE = (100, 80)
SIZE = (30, 10)


def test_a_label_stands_above_its_box() -> None:
    assert place_labels([Rectangle(20, 30, 60, 70)], [SIZE], PICTURE) == [Rectangle(20, 20, 50, 30)]


def test_a_label_stays_inside_the_picture() -> None:
    corners = [Rectangle(0, 0, 9, 9), Rectangle(90, 0, 99, 9), Rectangle(90, 70, 99, 79)]
    for place in place_labels(corners, [SIZE] * 3, PICTURE):
        assert place.size_wh == SIZE
        assert 0 <= place.x1 < place.x2 <= 100
        assert 0 <= place.y1 < place.y2 <= 80


def test_equal_boxes_get_labels_that_do_not_cover_each_other() -> None:
    box = Rectangle(10, 20, 90, 60)
    places = place_labels([box] * 8, [SIZE] * 8, PICTURE)
    covered = [a.shared_area(b) for at, a in enumerate(places) for b in places[:at]]
    assert sum(covered) == 0


def test_a_label_larger_than_the_picture_starts_at_its_corner() -> None:
    (place,) = place_labels([Rectangle(5, 5, 6, 6)], [(200, 100)], PICTURE)
    assert place == Rectangle(0, 0, 200, 100)


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.integers(-20, 120)] * 2), max_size=12))
def test_wherever_the_boxes_are_every_label_is_inside(corners: list[tuple[int, int]]) -> None:
    boxes = [Rectangle(x, y, x + 25, y + 15) for x, y in corners]
    inside = Rectangle(0, 0, *PICTURE)
    for place in place_labels(boxes, [SIZE] * len(boxes), PICTURE):
        assert place.shared_area(inside) == SIZE[0] * SIZE[1]
