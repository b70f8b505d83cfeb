"""Everything learned: networks, data, training, conversion, evaluation and the committed checkpoints."""
