"""Which things a network takes for which, so that training asks for exactly those in vain.

The sprites are shown to it on grey, several a picture; what it embeds them as is compared with
every name. Asking for the look-alike of what is there is the hardest absent phrase.
"""

from collections.abc import Mapping

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name every reader of PyTorch expects

from models.nano.letterbox import GREY
from models.nano.network import NanoNet
from models.nano.tokenizer import PhraseTokenizer, pad_tokens
from training.sprites import Sprite
from training.targets import assign
from training.words import LANGUAGES, Words

SIDE, COLUMNS, TILE = 256, 3, 80  # pixels of a picture; sprites a row; pixels of a sprite
A_PICTURE = COLUMNS**2
COUNT = 12

Alike = tuple[tuple[int, ...], ...]  # for each thing the indices of its look-alikes


@torch.inference_mode()
def find_lookalikes(
    network: NanoNet, tokenizer: PhraseTokenizer, words: Words, sprites: Mapping[str, Sprite]
) -> Alike:
    """The ``COUNT`` things each emoji is most readily taken for; a shape's are the other shapes."""
    network.eval()
    shapes = tuple(number for number, thing in enumerate(words.things) if thing.shape)
    emoji = [number for number, thing in enumerate(words.things) if thing.glyph]
    shown = [sprites[words.things[number].glyph or ""] for number in emoji]
    pictures = [shown[start : start + A_PICTURE] for start in range(0, len(shown), A_PICTURE)]
    looks = torch.cat([_embed_sprites(network, picture) for picture in pictures])
    likeness = torch.stack([
        looks @ _embed_names(network, tokenizer, words, emoji, row).T
        for row in range(len(LANGUAGES))
    ]).amax(0)  # fmt: skip
    likeness.fill_diagonal_(-1)
    nearest = likeness.topk(min(COUNT, len(emoji) - 1)).indices.tolist()
    found = {number: tuple(other for other in shapes if other != number) for number in shapes}
    found |= {n: tuple(emoji[row] for row in rows) for n, rows in zip(emoji, nearest, strict=True)}
    return tuple(found[number] for number in range(len(words.things)))


def _embed_sprites(network: NanoNet, sprites: list[Sprite]) -> Tensor:
    """Unit embeddings (N, D) of up to ``A_PICTURE`` sprites shown together."""
    pixels = np.full((SIDE, SIDE, 3), GREY, np.uint8)
    boxes = np.stack([_paste(pixels, number, sprite) for number, sprite in enumerate(sprites)])
    device = network.bias.device
    image = torch.from_numpy(pixels)[None].to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
    regions = network.embed_regions(network.image_encoder(image))[0]
    owners = torch.from_numpy(assign(boxes, SIDE)).to(device)
    return F.normalize(
        torch.stack([regions[owners == number].mean(0) for number in range(len(sprites))]), dim=-1
    )


def _paste(pixels: NDArray[np.uint8], number: int, sprite: Sprite) -> NDArray[np.float32]:
    """Put a sprite into its tile, in place; returns its box (4,)."""
    scale = TILE / max(sprite.shape[:2])
    width, height = (max(8, round(length * scale)) for length in (sprite.shape[1], sprite.shape[0]))
    small = np.asarray(cv2.resize(sprite, (width, height), interpolation=cv2.INTER_AREA))
    row, column = divmod(number, COLUMNS)
    pitch = SIDE // COLUMNS
    x, y = column * pitch + (pitch - width) // 2, row * pitch + (pitch - height) // 2
    window = pixels[y : y + height, x : x + width]
    alpha = small[..., 3:].astype(np.float32) / 255
    window[:] = (window * (1 - alpha) + small[..., :3] * alpha).astype(np.uint8)
    return np.array([x, y, x + width, y + height], np.float32)


def _embed_names(
    network: NanoNet, tokenizer: PhraseTokenizer, words: Words, things: list[int], row: int
) -> Tensor:
    """Unit embeddings (N, D) of each thing's first name in one language."""
    names = [words.things[number].names[LANGUAGES[row]][0] for number in things]
    tokens = torch.from_numpy(pad_tokens([tokenizer.encode(name) for name in names]))
    return network.embed_phrases(network.text_encoder(tokens.to(network.bias.device)))
