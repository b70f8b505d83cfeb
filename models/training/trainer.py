"""The training loop: AdamW, warm-up and cosine, weight averaging, CUDA graphs, several GPUs, resumable."""

import copy
import math
import time
from pathlib import Path

import torch
from rich.progress import Progress, TextColumn
from torch import Tensor, nn

from models.networks import save
from models.training import parallel
from models.training.pictures import write_curves, write_examples
from models.training.recipe import Recipe
from models.training.task import Task

REPORT_STEPS = 500
SAVE_SECONDS = 120


class Trainer:
    """Trains `net` on several kinds of step, one drawn at random each time; files are named by `out` and an ending."""

    def __init__(
        self,
        net: nn.Module,
        recipe: Recipe,
        task: Task,
        device: str,
        out: Path,
        whole_minutes: float | None = None,
        eager: bool = False,
    ) -> None:
        """whole_minutes: the schedule's length in time, over all runs, instead of the recipe's steps.

        eager: no CUDA graphs.
        """
        self.net = net.to(device).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
        self.recipe, self.task, self.device, self.out = recipe, task, device, out
        torch.manual_seed(recipe.seed + 1000 * parallel.rank())  # other batches on every GPU
        self.random = torch.Generator().manual_seed(recipe.seed)  # the same kind of step on every GPU
        self.rate = torch.tensor(recipe.learning_rate, device=device)
        decayed = [p for p in self.net.parameters() if p.dim() > 1]
        plain = [p for p in self.net.parameters() if p.dim() <= 1]
        groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]
        self.cuda = device.startswith("cuda")
        self.eager = eager or not self.cuda
        self.optimizer = torch.optim.AdamW(
            groups, lr=self.rate if self.cuda else recipe.learning_rate, capturable=self.cuda
        )
        self.average = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        self.whole_seconds = whole_minutes and whole_minutes * 60
        self.seconds = 0.0  # of training, over all runs
        self.step = 0
        self.curves: dict[str, list[tuple[float, float]]] = {}
        self.graphs: list[tuple[torch.cuda.CUDAGraph, Tensor]] = []

    def _progress(self) -> float:
        """0 at the start of the schedule, 1 at its end."""
        if self.whole_seconds:
            return self.seconds / self.whole_seconds
        return self.step / self.recipe.steps

    def _learning_rate(self) -> float:
        progress = min(1.0, self._progress())
        warm = min(1.0, (self.step + 1) / self.recipe.warm_up)
        return self.recipe.learning_rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))

    def _update(self, kind: int) -> Tensor:
        self.optimizer.zero_grad(set_to_none=False)
        loss = self.task.losses[kind](self.net)
        loss.backward()
        parallel.average_gradients(self.net)
        nn.utils.clip_grad_norm_(self.net.parameters(), self.recipe.clip, foreach=True)
        self.optimizer.step()
        return loss.detach()

    def _capture(self) -> None:
        """Records each kind of step as a CUDA graph: launches of a small network cost more than its arithmetic.

        Raises RuntimeError for a loss that asks the host something; the process can do nothing more on the GPU then.
        """
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        self.rate.fill_(0.0)  # the warm-up steps below must not train
        with torch.cuda.stream(stream):
            for kind in range(len(self.task.losses)):
                for _ in range(3):
                    self._update(kind)
        torch.cuda.current_stream().wait_stream(stream)
        pool = None
        for kind in range(len(self.task.losses)):
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=pool):
                loss = self._update(kind)
            pool = pool or graph.pool()
            self.graphs.append((graph, loss))

    def _run(self, kind: int) -> Tensor:
        if self.cuda:
            self.rate.fill_(self._learning_rate())
        if not self.eager:
            graph, loss = self.graphs[kind]
            graph.replay()
            return loss
        if self.cuda:
            return self._update(kind)
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate()
        return self._update(kind)

    @torch.no_grad()
    def _accumulate(self) -> None:
        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        state = self.net.state_dict()
        moving = [k for k, v in state.items() if v.is_floating_point()]
        torch._foreach_lerp_([self.average[k] for k in moving], [state[k] for k in moving], 1 - decay)

    def run(self, minutes: float) -> None:
        """Trains until the recipe's last step or for `minutes`; saves every two minutes and at the end."""
        if not self.eager:
            state = {k: v.clone() for k, v in self.net.state_dict().items()}
            self._capture()
            self.net.load_state_dict(state)  # batch norm saw the warm-up
        start = saved = time.monotonic()
        earlier = self.seconds
        columns = (*Progress.get_default_columns(), TextColumn("loss {task.fields[loss]:.4f}"))
        recent = torch.zeros((), device=self.device)
        shares = torch.tensor(self.task.shares)
        with Progress(*columns, refresh_per_second=0.2, disable=parallel.rank() > 0) as bar:
            task = bar.add_task("training", total=1.0, loss=0.0)
            while not self._late(start, minutes):
                loss = self._run(int(torch.multinomial(shares, 1, generator=self.random)))
                recent = recent.lerp(loss, max(0.02, 1 / (1 + self.step)))
                self.step += 1
                self.seconds = earlier + time.monotonic() - start
                parallel.average_buffers(self.net)
                self._accumulate()
                if self.step % REPORT_STEPS == 0:
                    bar.update(task, completed=self._progress(), loss=float(recent))
                    self._note("loss", float(recent))
                    print(f"step {self.step} loss {float(recent):.4f} {time.monotonic() - start:.0f} s", flush=True)
                    if time.monotonic() - saved > SAVE_SECONDS:
                        saved = time.monotonic()
                        self.save()
        self.save()

    def _late(self, start: float, minutes: float) -> bool:
        late = self._progress() >= 1 or time.monotonic() - start > minutes * 60
        if parallel.alone() or (not self.whole_seconds and self._progress() >= 1):
            return late
        # Asking the others costs a message: not at every step.
        return self.step % 50 == 0 and parallel.agree(late, self.device)

    def _note(self, name: str, value: float) -> None:
        self.curves.setdefault(name, []).append((self.step, value))

    def averaged(self) -> nn.Module:
        """The network with its averaged weights, in evaluation mode, on the CPU."""
        net = copy.deepcopy(self.net).cpu()
        net.load_state_dict({k: v.cpu() for k, v in self.average.items()})
        return net.eval()

    def save(self) -> None:
        """Writes the checkpoint, what a resumed run needs, the curves and the examples; only the first process does."""
        if parallel.rank() > 0:
            return
        averaged = self.averaged()
        save(averaged, self._file("safetensors"))
        averaged = averaged.to(self.device)
        for name, value in self.task.validate(averaged).items():
            self._note(name, value)
            print(f"step {self.step} val {name} {value:.4f}", flush=True)
        state = {
            "net": self.net.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "curves": self.curves,
        }
        torch.save(state, self._file("state.pt"))
        write_curves(self.curves, self._file("curves.svg"))
        if self.task.examples is not None:
            write_examples(self.task.examples(averaged), self._file("examples.jpg"))

    def _file(self, ending: str) -> Path:
        return self.out.with_name(f"{self.out.name}.{ending}")

    def resume(self, path: Path) -> None:
        """Continues from a file that `save` wrote. Raises FileNotFoundError."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average = {k: v.to(self.device) for k, v in state["average"].items()}
        self.optimizer.load_state_dict(state["optimizer"])
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate if self.cuda else self.recipe.learning_rate
        self.step, self.seconds, self.curves = state["step"], state["seconds"], state["curves"]
        torch.manual_seed(self.recipe.seed + self.step + 1000 * parallel.rank())
