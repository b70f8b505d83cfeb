"""The engines by the way they run."""

import argparse
from typing import Protocol

from models.evaluation.run import Engine


class Closeable(Engine, Protocol):
    """An engine that holds something to let go of."""

    def close(self) -> None:
        """Idempotent."""


def open_engine(via: str, options: argparse.Namespace) -> Closeable:
    """The engine that the command line names: `torch` or `dist`. The imports are slow, so each stands with its use."""
    if via == "torch" and options.engine != "cascade":
        from models.evaluation.engine_torch import RtdetrEngine

        return RtdetrEngine(options.checkpoints, options.engine)
    if via == "torch":
        from models.evaluation.engine_torch import TorchEngine

        return TorchEngine(options.checkpoints, variant=options.variant)
    from models.evaluation.engine_dist import DistEngine

    return DistEngine(
        options.dist,
        engine=options.engine,
        variant=options.variant,
        backend=options.backend,
        precision=options.precision,
    )
