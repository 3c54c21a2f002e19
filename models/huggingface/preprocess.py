"""From upright RGB pixels to the network's input: resized and normalised, never padded."""

from torch import Tensor
from transformers.image_transforms import get_size_with_aspect_ratio

from models.huggingface.files import PictureRules


def choose_shape(size_wh: tuple[int, int], rules: PictureRules) -> tuple[int, int]:
    """Choose the resized (height, width) of a picture of `size_wh`, by the library's arithmetic."""
    width, height = size_wh
    shape: tuple[int, int] = get_size_with_aspect_ratio(
        (height, width), rules.shorter_side, rules.longer_side
    )
    return max(shape[0], 1), max(shape[1], 1)


def normalise(pixels: Tensor, rules: PictureRules) -> Tensor:
    """(H, W, 3) uint8 RGB → (3, H, W) float32."""
    scaled = pixels.float() / 255
    normalised = (scaled - scaled.new_tensor(rules.mean)) / scaled.new_tensor(rules.std)
    return normalised.permute(2, 0, 1)
