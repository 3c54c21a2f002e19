"""What this machine has to compute on."""

import torch

from models.devices import name_cuda


def test_a_cuda_device_has_a_name_where_there_is_one() -> None:
    assert (name_cuda() is not None) == torch.cuda.is_available()
