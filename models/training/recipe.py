"""How a network is trained: `recipes.toml`, read and checked."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

RECIPES = Path(__file__).with_name("recipes.toml")


@dataclass(frozen=True)
class Recipe:
    """One table of `recipes.toml`."""

    steps: int
    learning_rate: float  # at its peak; warmed up over warm_up steps, then a cosine down to 1 %
    weight_decay: float = 0.02
    warm_up: int = 500
    clip: float = 2.0  # most the gradients' norm may be
    average: float = 0.999  # decay of the exponential moving average that is kept as the result
    seed: int = 0


def recipes(path: Path = RECIPES) -> dict[str, Recipe]:
    """Every network's recipe. Raises TypeError for a key that Recipe does not know."""
    return {name: Recipe(**table) for name, table in tomllib.loads(path.read_text()).items()}
