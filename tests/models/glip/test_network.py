import pytest
import torch

from models.glip.config import GLIP_L, GLIP_T, GLIP_T_A, GLIPConfig
from models.glip.network import build_glip
from tests.models.glip.tiny import DATA, TINY, TINY_A, build_tiny

PUBLISHED = {"glip_t_a": GLIP_T_A, "glip_t": GLIP_T, "glip_l": GLIP_L}


@pytest.mark.parametrize("name", PUBLISHED)
def test_keys_and_shapes_are_the_published_ones(name: str) -> None:
    lines = (DATA / f"keys_{name}.txt").read_text("utf-8").split("\n")[:-1]
    weights = build_glip(PUBLISHED[name]).state_dict()
    ours = {f"{key} {'x'.join(map(str, tensor.shape))}" for key, tensor in weights.items()}
    assert ours == set(lines)


@pytest.mark.parametrize("config", [TINY, TINY_A], ids=["fused", "not fused"])
def test_every_cell_of_every_level_answers(config: GLIPConfig) -> None:
    model = build_tiny(config)
    input_ids = torch.tensor([[2, 14, 5, 3], [2, 14, 3, 0]])
    outputs = model(torch.randn(2, 3, 64, 96), input_ids, input_ids > 0)
    assert [tuple(output.box_deltas.shape) for output in outputs] == [
        (2, 4, 8, 12),
        (2, 4, 4, 6),
        (2, 4, 2, 3),
        (2, 4, 1, 2),
        (2, 4, 1, 1),
    ]
    assert [tuple(output.token_logits.shape) for output in outputs] == [
        (2, 96, 4),
        (2, 24, 4),
        (2, 6, 4),
        (2, 2, 4),
        (2, 1, 4),
    ]


@pytest.mark.parametrize("config", [TINY, TINY_A], ids=["fused", "not fused"])
def test_padding_of_the_caption_changes_nothing(config: GLIPConfig) -> None:
    model = build_tiny(config)
    images = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    short = torch.tensor([[2, 14, 5, 15, 3]])
    long = torch.nn.functional.pad(short, (0, 27))
    alone = model(images, short, short > 0)
    padded = model(images, long, long > 0)
    for ours, theirs in zip(alone, padded, strict=True):
        torch.testing.assert_close(ours.box_deltas, theirs.box_deltas, atol=1e-4, rtol=0)
        torch.testing.assert_close(
            ours.token_logits, theirs.token_logits[..., :5], atol=1e-4, rtol=0
        )


def test_image_and_text_meet_only_in_a_fused_network() -> None:
    images = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    captions = [torch.tensor([[2, word, 3]]) for word in (14, 15)]
    differs = {}
    for config in (TINY, TINY_A):
        model = build_tiny(config)
        one, other = (model(images, ids, ids > 0)[0].box_deltas for ids in captions)
        differs[config.fused] = not torch.equal(one, other)
    assert differs == {True: True, False: False}


def test_the_network_sees_padding() -> None:
    """Why a picture may only be padded for itself: more padding, other numbers."""
    model = build_tiny()
    ids = torch.tensor([[2, 14, 3]])
    picture = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    wider = torch.nn.functional.pad(picture, (0, 64))
    alone = model(picture, ids, ids > 0)[0].box_deltas
    padded = model(wider, ids, ids > 0)[0].box_deltas[..., :8]
    assert float((alone - padded).abs().max()) > 0.1
