import torch

from models.glip.config import GLIPConfig
from models.glip.head import LevelOutput
from models.glip.regions import read_boxes, score_phrases

ONE_LEVEL = GLIPConfig(strides=(8,), anchor_sizes=(16,))


def output_of(token_scores: list[list[float]], centerness: list[float]) -> LevelOutput:
    cells = len(centerness)
    return LevelOutput(
        torch.zeros(1, 4, 1, cells),
        torch.logit(torch.tensor(centerness)).view(1, 1, 1, cells),
        torch.logit(torch.tensor([token_scores])),
    )


def test_boxes_are_half_open_pixels_of_the_source() -> None:
    output = output_of([[0.5]] * 2, [0.5, 0.5])
    boxes = read_boxes([output], ONE_LEVEL, shape_hw=(10, 20), size_wh=(40, 30))
    # The anchor -4…11 inclusive is -4…12 half-open; twice as wide, three times as high.
    assert boxes.tolist() == [[-8, -12, 24, 36], [8, -12, 40, 36]]


def test_a_score_is_the_root_of_the_tokens_mean_times_centerness() -> None:
    output = output_of([[0.9, 0.3, 0.6]], [0.5])
    positive_map = torch.tensor([[1, 1, 0], [0, 0, 1], [0, 0, 0]]).bool()
    scores = score_phrases([output], positive_map)
    torch.testing.assert_close(scores, torch.tensor([[0.3**0.5, 0.3**0.5, 0.0]]))


def test_levels_follow_each_other() -> None:
    levels = [output_of([[0.5]] * 2, [0.5] * 2), output_of([[0.5]], [0.5])]
    config = GLIPConfig(strides=(8, 16), anchor_sizes=(16, 32))
    boxes = read_boxes(levels, config, shape_hw=(8, 16), size_wh=(16, 8))
    assert [float(box[2] - box[0]) for box in boxes] == [16, 16, 32]
