"""The text side: BERT before the head, and the head's own text layers."""

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from models.glip.config import GLIPConfig

CLAMP = 50000.0  # the published bound on logits and activations of the head


def clamp(values: Tensor) -> Tensor:
    """Bound values as the published head does, so that half precision cannot overflow."""
    return values.clamp(-CLAMP, CLAMP)


def build_bert(config: GLIPConfig) -> BertModel:
    """Build the uncased BERT encoder without its pooler."""
    return BertModel(
        BertConfig(
            vocab_size=config.bert_vocab,
            hidden_size=config.text_dim,
            num_hidden_layers=config.bert_layers,
            num_attention_heads=config.bert_heads,
            intermediate_size=config.bert_intermediate,
            max_position_embeddings=config.bert_positions,
            type_vocab_size=config.bert_token_types,
            layer_norm_eps=config.bert_norm_eps,
        ),
        add_pooling_layer=False,
    )


class LanguageBody(nn.Module):
    """Holds BERT under the published name `model`."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.model = build_bert(config)


class LanguageBackbone(nn.Module):
    """Tokens of the caption → one vector a token."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.body = LanguageBody(config)

    def drop_buffers(self) -> None:
        """Forget BERT's buffers: built on "meta" they hold nothing, and nothing reads them."""
        embeddings = self.body.model.embeddings
        for name, _ in list(embeddings.named_buffers(recurse=False)):
            delattr(embeddings, name)

    def forward(self, input_ids: Tensor, mask: Tensor) -> Tensor:
        """Encode the caption: both (B, T), int64 and bool (True is a real token) → (B, T, dim).

        Rows of padding are not zeroed.
        """
        # Positions and types are given, so that BERT's own buffers are never read.
        positions = torch.arange(input_ids.shape[1], device=input_ids.device)[None]
        encoded = self.body.model(
            input_ids=input_ids,
            attention_mask=mask,
            token_type_ids=torch.zeros_like(input_ids),
            position_ids=positions,
        )
        hidden: Tensor = encoded.last_hidden_state
        return hidden


class SelfAttention(nn.Module):
    """BERT's self-attention with its logits clamped."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)

    def forward(self, text: Tensor, mask: Tensor) -> Tensor:
        """(B, T, C) and (B, T) bool → (B, T, C)."""
        query, key, value = (
            project(text).view(*text.shape[:2], self.heads, -1).transpose(1, 2)
            for project in (self.query, self.key, self.value)
        )
        logits = clamp(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5)
        weights = logits.masked_fill(~mask[:, None, None, :], -torch.inf).softmax(-1)
        attended: Tensor = weights @ value
        return attended.transpose(1, 2).flatten(2)


class Residual(nn.Module):
    """Project, add to what was there, normalise: the tail of BERT's two halves."""

    def __init__(self, width: int, config: GLIPConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(width, config.text_dim)
        self.LayerNorm = nn.LayerNorm(config.text_dim, eps=config.bert_norm_eps)

    def forward(self, change: Tensor, text: Tensor, *, clamped: bool) -> Tensor:
        """`change` (B, T, width) and `text` (B, T, C) → (B, T, C)."""
        projected = self.dense(change)
        if not clamped:
            return self._norm(projected + text)
        return clamp(self._norm(clamp(projected) + text))

    def _norm(self, text: Tensor) -> Tensor:
        normed: Tensor = self.LayerNorm(text)
        return normed


class Attention(nn.Module):
    """The first half of a BERT layer."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.self = SelfAttention(config.text_dim, config.bert_heads)
        self.output = Residual(config.text_dim, config)

    def forward(self, text: Tensor, mask: Tensor) -> Tensor:
        attended: Tensor = self.output(self.self(text, mask), text, clamped=False)
        return attended


class Intermediate(nn.Module):
    """The widening of a BERT layer."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.text_dim, config.bert_intermediate)

    def forward(self, text: Tensor) -> Tensor:
        return clamp(functional.gelu(clamp(self.dense(text))))


class TextLayer(nn.Module):
    """One BERT layer in the head, with the published clamps."""

    def __init__(self, config: GLIPConfig) -> None:
        super().__init__()
        self.attention = Attention(config)
        self.intermediate = Intermediate(config)
        self.output = Residual(config.bert_intermediate, config)

    def forward(self, text: Tensor, mask: Tensor) -> Tensor:
        """(B, T, C) and (B, T) bool → (B, T, C); padding is not looked at."""
        attended = self.attention(text, mask)
        layered: Tensor = self.output(self.intermediate(attended), attended, clamped=True)
        return layered
