"""Scores the engines on photos with instance masks, through PyTorch or through the built `dist` in Chromium."""
