"""Several processes, one network: each makes its own batches, gradients and batch norm's statistics are averaged.

Start with `torchrun --nproc-per-node=N -m models.training …`; without it there is one process and nothing here acts.
"""

import os

import torch
from torch import Tensor, distributed, nn


def start(device: str) -> str:
    """Joins the group that torchrun made, if one did; the device this process trains on."""
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) < 2:
        return device
    if device.startswith("cuda"):
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    return device


def stop() -> None:
    """Leaves the group."""
    if distributed.is_initialized():
        distributed.destroy_process_group()


def rank() -> int:
    """This process's number; 0 writes the files."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def alone() -> bool:
    """True where this is the only process."""
    return not distributed.is_initialized()


def average_gradients(net: nn.Module) -> None:
    """Replaces every gradient by its mean over the processes."""
    if not alone():
        _average([p.grad for p in net.parameters() if p.grad is not None])


def average_buffers(net: nn.Module) -> None:
    """Replaces batch norm's running statistics by their mean over the processes."""
    if not alone():
        _average([b for b in net.buffers() if b.is_floating_point()])


def _average(tensors: list[Tensor]) -> None:
    flat = torch.cat([t.flatten() for t in tensors])  # one message instead of hundreds
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
        tensor.copy_(part.view_as(tensor))


def agree(flag: bool, device: str) -> bool:
    """True where any process says so."""
    vote = torch.tensor(float(flag), device=device)
    distributed.all_reduce(vote)
    return bool(vote > 0)
