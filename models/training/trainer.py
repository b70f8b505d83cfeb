"""The training loop: AdamW, warm-up and cosine, weight averaging, CUDA graphs, resumable."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.progress import Progress, TextColumn
from torch import Tensor, nn


@dataclass(frozen=True)
class Recipe:
    """How a network is trained."""

    steps: int
    learning_rate: float
    weight_decay: float = 0.02
    warm_up: int = 500
    clip: float = 2.0
    average: float = 0.999  # decay of the exponential moving average that is kept as the result
    seed: int = 0


class Trainer:
    """Trains `net` on several kinds of step, one drawn at random each time.

    losses: functions of the network that return a scalar; shares: how often each is drawn.
    """

    def __init__(
        self,
        net: nn.Module,
        recipe: Recipe,
        losses: Sequence[Callable[[nn.Module], Tensor]],
        shares: Sequence[float],
        device: str,
    ) -> None:
        self.net = net.to(device).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
        self.recipe, self.losses, self.shares, self.device = recipe, losses, list(shares), device
        torch.manual_seed(recipe.seed)
        self.random = torch.Generator().manual_seed(recipe.seed)
        self.rate = torch.tensor(recipe.learning_rate, device=device)
        decayed = [p for p in self.net.parameters() if p.dim() > 1]
        plain = [p for p in self.net.parameters() if p.dim() <= 1]
        groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]
        cuda = device.startswith("cuda")
        self.optimizer = torch.optim.AdamW(groups, lr=self.rate if cuda else recipe.learning_rate, capturable=cuda)
        self.average = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        self.step = 0
        self.graphs: list[tuple[torch.cuda.CUDAGraph, Tensor]] = []

    def _learning_rate(self) -> float:
        progress = min(1.0, self.step / self.recipe.steps)
        warm = min(1.0, (self.step + 1) / self.recipe.warm_up)
        return self.recipe.learning_rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))

    def _update(self, kind: int) -> Tensor:
        self.optimizer.zero_grad(set_to_none=False)
        loss = self.losses[kind](self.net)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), self.recipe.clip, foreach=True)
        self.optimizer.step()
        return loss.detach()

    def _capture(self) -> None:
        """Records each kind of step as a CUDA graph: launches of a small network cost more than its arithmetic."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        self.rate.fill_(0.0)  # the warm-up steps below must not train
        with torch.cuda.stream(stream):
            for kind in range(len(self.losses)):
                for _ in range(3):
                    self._update(kind)
        torch.cuda.current_stream().wait_stream(stream)
        pool = None
        for kind in range(len(self.losses)):
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=pool):
                loss = self._update(kind)
            pool = pool or graph.pool()
            self.graphs.append((graph, loss))

    def _run(self, kind: int) -> Tensor:
        if self.device.startswith("cuda"):
            self.rate.fill_(self._learning_rate())
            graph, loss = self.graphs[kind]
            graph.replay()
            return loss
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate()
        return self._update(kind)

    @torch.no_grad()
    def _accumulate(self) -> None:
        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        state = self.net.state_dict()
        moving = [k for k, v in state.items() if v.is_floating_point()]
        torch._foreach_lerp_([self.average[k] for k in moving], [state[k] for k in moving], 1 - decay)

    def run(self, minutes: float, save: Callable[["Trainer"], None]) -> None:
        """Trains until the recipe's last step or for `minutes`; saves every two minutes and at the end."""
        if self.device.startswith("cuda"):
            state = {k: v.clone() for k, v in self.net.state_dict().items()}
            self._capture()
            self.net.load_state_dict(state)  # batch norm saw the warm-up
        start = saved = time.monotonic()
        columns = (*Progress.get_default_columns(), TextColumn("loss {task.fields[loss]:.4f}"))
        recent = torch.zeros((), device=self.device)
        with Progress(*columns, refresh_per_second=0.2) as bar:
            task = bar.add_task("training", total=self.recipe.steps, completed=self.step, loss=0.0)
            while self.step < self.recipe.steps and time.monotonic() - start < minutes * 60:
                kind = int(torch.multinomial(torch.tensor(self.shares), 1, generator=self.random))
                recent = recent.lerp(self._run(kind), 0.02)
                self.step += 1
                self._accumulate()
                if self.step % 500 == 0:
                    bar.update(task, completed=self.step, loss=float(recent))
                    print(f"step {self.step} loss {float(recent):.4f} {time.monotonic() - start:.0f} s", flush=True)
                    if time.monotonic() - saved > 120:
                        saved = time.monotonic()
                        save(self)
        save(self)

    def averaged(self) -> nn.Module:
        """The network with its averaged weights, in evaluation mode, on the CPU."""
        import copy

        net = copy.deepcopy(self.net).cpu()
        net.load_state_dict({k: v.cpu() for k, v in self.average.items()})
        return net.eval()

    def save(self, path: Path) -> None:
        state = {
            "net": self.net.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
        }
        torch.save(state, path)

    def resume(self, path: Path) -> None:
        """Continues from a file that `save` wrote. Raises FileNotFoundError."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average = {k: v.to(self.device) for k, v in state["average"].items()}
        self.optimizer.load_state_dict(state["optimizer"])
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate if self.device.startswith("cuda") else self.recipe.learning_rate
        self.step = state["step"]
        torch.manual_seed(self.recipe.seed + self.step)
