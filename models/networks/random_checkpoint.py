"""Writes a random-weight checkpoint, for trying the build before a network is trained."""

import argparse
from pathlib import Path

import torch

from models.networks import NETWORKS, build, save

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=NETWORKS)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    torch.manual_seed(0)
    save(build(options.name), options.out)
