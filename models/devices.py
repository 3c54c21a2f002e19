"""What this machine has to compute on."""

import torch


def name_cuda() -> str | None:
    """The name of the first CUDA device, or None where torch can use none."""
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
