import torch

from models.glip.head import Head
from models.glip.language import CLAMP
from tests.models.glip.tiny import TINY, TINY_A, build_tiny


def head_of(*, fused: bool) -> Head:
    head = build_tiny(TINY if fused else TINY_A).rpn.head
    assert isinstance(head, Head)
    return head


def test_token_logits_follow_the_published_formula() -> None:
    head = head_of(fused=True)
    levels = [torch.randn(1, TINY.channels, side, side) for side in (4, 2, 1, 1, 1)]
    text = torch.randn(1, 3, TINY.text_dim)
    unit = text / text.norm(dim=-1, keepdim=True)
    keys = head.dot_product_projection_text(unit / 2)
    shift = unit @ head.bias_lang + head.bias0
    cells = levels[0].flatten(2).transpose(1, 2)
    expected = cells @ keys.transpose(1, 2) / head.log_scale.exp() + shift[:, None]
    ours = head.predict(levels, text)[0].token_logits
    torch.testing.assert_close(ours, expected, atol=1e-5, rtol=1e-5)


def test_token_logits_are_clamped() -> None:
    head = head_of(fused=False)
    torch.nn.init.constant_(head.bias0, -3 * CLAMP)
    levels = [torch.randn(1, TINY.channels, 1, 1)] * 5
    outputs = head.predict(levels, torch.randn(1, 2, TINY.text_dim))
    assert (outputs[0].token_logits == -CLAMP).all()


def test_each_level_scales_its_boxes() -> None:
    head = head_of(fused=False)
    levels = [torch.ones(1, TINY.channels, 1, 1)] * 5
    outputs = head.predict(levels, torch.randn(1, 2, TINY.text_dim))
    deltas = head.bbox_pred(levels[0])
    for output, scale in zip(outputs, head.scales, strict=True):
        torch.testing.assert_close(output.box_deltas, deltas * scale(torch.ones(1)))


def test_without_fusion_padded_tokens_count_as_zero() -> None:
    head = head_of(fused=False)
    levels = [torch.randn(1, TINY.channels, 1, 1)] * 5
    text = torch.randn(1, 3, TINY.text_dim)
    output = head(levels, text, torch.tensor([[True, True, False]]))[0]
    zeroed = head.predict(levels, text * torch.tensor([1.0, 1.0, 0.0])[:, None])[0]
    assert torch.equal(output.token_logits, zeroed.token_logits)
