import pytest
import torch
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertLayer

from models.glip.language import CLAMP, LanguageBackbone, TextLayer
from tests.models.glip.tiny import TINY


def test_the_heads_layer_is_a_bert_layer() -> None:
    torch.manual_seed(2)
    ours = TextLayer(TINY).eval()
    theirs = BertLayer(  # type: ignore[no-untyped-call]  # transformers is untyped here
        BertConfig(
            hidden_size=TINY.text_dim,
            num_attention_heads=TINY.bert_heads,
            intermediate_size=TINY.bert_intermediate,
        )
    ).eval()
    theirs.load_state_dict(ours.state_dict())
    text = torch.randn(2, 6, TINY.text_dim)
    mask = torch.tensor([[1, 1, 1, 1, 0, 0], [1] * 6]).bool()
    hidden = torch.where(mask, 0.0, -1e9)[:, None, None, :]
    expected = theirs(text, attention_mask=hidden)
    expected = expected[0] if isinstance(expected, tuple) else expected
    torch.testing.assert_close(ours(text, mask), expected, atol=1e-5, rtol=1e-5)


def test_the_heads_layer_is_clamped() -> None:
    layer = TextLayer(TINY).eval()
    torch.nn.init.constant_(layer.output.LayerNorm.bias, 3 * CLAMP)
    out = layer(torch.randn(1, 3, TINY.text_dim), torch.ones(1, 3).bool())
    assert out.unique().tolist() == [CLAMP]


@pytest.mark.parametrize("dropped", [False, True], ids=["with BERT's buffers", "without"])
def test_padding_is_not_looked_at(*, dropped: bool) -> None:
    torch.manual_seed(2)
    backbone = LanguageBackbone(TINY).eval()
    if dropped:
        backbone.drop_buffers()
    input_ids = torch.tensor([[2, 14, 15, 3, 0, 0]])
    encoded = backbone(input_ids, input_ids > 0)
    alone = backbone(input_ids[:, :4], input_ids[:, :4] > 0)
    torch.testing.assert_close(encoded[:, :4], alone, atol=1e-5, rtol=1e-5)
