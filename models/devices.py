"""What this machine has to compute on."""

import torch


def name_cuda() -> str | None:
    """The name of the first CUDA device, or None where torch can use none."""
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None


def choose_device(device: str) -> str:
    """The device "auto" stands for, or the given one."""
    if device != "auto":
        return device
    return "cuda" if torch.cuda.is_available() else "cpu"
