"""Synthetic hands with exact labels; see docs/renders.md."""
