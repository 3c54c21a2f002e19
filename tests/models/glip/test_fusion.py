"""The re-associated fusion against the published formula, written out in float64."""

import pytest
import torch
from torch import Tensor

from models.glip.fusion import CrossAttention, Fusion
from models.glip.language import CLAMP
from tests.models.glip.tiny import TINY


def attend_as_published(
    attn: CrossAttention, cells: Tensor, text: Tensor, mask: Tensor
) -> list[Tensor]:
    """Steps 3 to 7 of the published attention, every projection at its full width."""

    def split(values: Tensor) -> Tensor:
        return values.view(*values.shape[:2], attn.heads, -1).transpose(1, 2)

    query = split(attn.v_proj(cells) * (attn.v_proj.out_features // attn.heads) ** -0.5)
    key, values_v = split(attn.l_proj(text)), split(attn.values_v_proj(cells))
    values_l = split(attn.values_l_proj(text))
    logits = (query @ key.transpose(-2, -1)).clamp(-CLAMP, CLAMP)
    turned = logits.transpose(-2, -1)
    turned = (turned - turned.amax(-1, keepdim=True)).clamp(-CLAMP, CLAMP).softmax(-1)
    masked = logits + torch.where(mask, 1.0, -9e15).to(logits)[:, None, None]
    learnt_v = (masked.softmax(-1) @ values_l).transpose(1, 2).flatten(2)
    learnt_l = (turned @ values_v).transpose(1, 2).flatten(2)
    return [attn.out_v_proj(learnt_v), attn.out_l_proj(learnt_l)]


@pytest.mark.parametrize("gain", [1.0, 3000.0], ids=["ordinary", "clamped"])
def test_equals_the_published_formula(gain: float) -> None:
    torch.manual_seed(3)
    attn = CrossAttention(TINY).double()
    cells = torch.randn(2, 31, TINY.channels, dtype=torch.float64)
    text = torch.randn(2, 7, TINY.text_dim, dtype=torch.float64) * gain
    mask = torch.tensor([[1, 1, 1, 1, 1, 0, 0], [1] * 7]).bool()
    cells = cells * gain
    ours = attn(cells, text, mask)
    for one, other in zip(ours, attend_as_published(attn, cells, text, mask), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def test_the_clamp_is_reached_by_the_case_above() -> None:
    torch.manual_seed(3)
    attn = CrossAttention(TINY).double()
    cells = torch.randn(2, 31, TINY.channels, dtype=torch.float64) * 3000
    text = torch.randn(2, 7, TINY.text_dim, dtype=torch.float64) * 3000
    assert (attn._logits(cells, text).abs() == CLAMP).any()


def test_levels_keep_their_shapes_and_the_residual_is_normalised() -> None:
    torch.manual_seed(3)
    fusion = Fusion(TINY)
    torch.nn.init.zeros_(fusion.b_attn.gamma_v)
    torch.nn.init.zeros_(fusion.b_attn.gamma_l)
    levels = [torch.randn(1, TINY.channels, side, side + 1) for side in (4, 2, 1)]
    text = torch.randn(1, 5, TINY.text_dim)
    fused, fused_text = fusion(levels, text, torch.ones(1, 5).bool())
    for level, changed in zip(levels, fused, strict=True):
        expected = torch.nn.functional.layer_norm(level.movedim(1, -1), (TINY.channels,))
        torch.testing.assert_close(changed, expected.movedim(-1, 1))
    torch.testing.assert_close(fused_text, torch.nn.functional.layer_norm(text, (TINY.text_dim,)))
