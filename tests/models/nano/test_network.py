"""The network's promises about shapes and independence."""

import pytest
import torch

from models.nano.network import flatten, list_centres, unflatten
from tests.models.nano.builders import TINY, build_tiny_network


def test_flattening_and_back_keeps_every_cell_in_its_place() -> None:
    pyramid = [torch.randn(2, 16, side, side) for side in (8, 4, 2)]
    regions = flatten(pyramid)
    assert regions.shape == (2, 84, 16)
    assert torch.equal(regions[1, 9], pyramid[0][1, :, 1, 1])
    assert all(map(torch.equal, unflatten(regions, pyramid), pyramid))


def test_centres_lie_in_the_order_of_flatten() -> None:
    centres = list_centres(64)
    assert centres.shape == (84, 2)
    assert centres[1].tolist() == [12.0, 4.0]
    assert centres[64].tolist() == [8.0, 8.0]


def test_a_phrase_does_not_depend_on_the_padding_beside_it() -> None:
    encoder = build_tiny_network().text_encoder
    short, long = torch.tensor([[5, 6]]), torch.tensor([[5, 6, 0, 0], [7, 8, 9, 3]])
    torch.testing.assert_close(encoder(short)[0], encoder(long)[0])


def test_more_tokens_than_positions_are_read_to_the_end() -> None:
    encoder = build_tiny_network().text_encoder
    tokens = torch.full((1, TINY.positions + 5), 7)
    other = tokens.clone()
    other[0, -1] = 8
    assert not torch.allclose(encoder(tokens), encoder(other))


@pytest.mark.parametrize("spare", [0, 3])
def test_unused_slots_change_no_answer(spare: int) -> None:
    network = build_tiny_network()
    image, phrases = torch.randn(1, 3, 64, 64), torch.randn(1, 2, TINY.channels)
    pyramid = network.image_encoder(image)
    plain = network(pyramid, phrases, torch.zeros(1, 2, dtype=torch.bool))
    padded = torch.cat([phrases, torch.randn(1, spare, TINY.channels)], 1)
    is_absent = torch.arange(2 + spare)[None] >= 2
    masked = network(pyramid, padded, is_absent)
    torch.testing.assert_close(masked.logits[..., :2], plain.logits)
    torch.testing.assert_close(masked.ltrb, plain.ltrb)
