"""What this machine has to compute on."""

import pytest
import torch

from models.devices import choose_device, name_cuda


def test_a_cuda_device_has_a_name_where_there_is_one() -> None:
    assert (name_cuda() is not None) == torch.cuda.is_available()


@pytest.mark.parametrize("device", ["cpu", "cuda:1"])
def test_a_named_device_is_taken_as_it_is(device: str) -> None:
    assert choose_device(device) == device


def test_auto_is_a_device_that_exists() -> None:
    assert choose_device("auto") in {"cpu", "cuda"}
