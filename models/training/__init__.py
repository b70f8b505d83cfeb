"""Training: `python -m models.training NETWORK --data DIR --out DIR`."""
