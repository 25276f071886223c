"""The mean of the weights of checkpoints of one run and its continuation: python3 average.py FOLDER FOLDER … --to FOLDER"""
from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

FILES = ("config.json", "tokenizer.json", "tokenizer_config.json")


def average(folders: list[Path], to: Path) -> None:
    states = [load_file(folder / "model.safetensors") for folder in folders]
    if any(state.keys() != states[0].keys() for state in states):
        raise SystemExit("these checkpoints are not of one architecture")
    mean = {name: torch.stack([state[name].float() for state in states]).mean(0).to(x.dtype) if x.is_floating_point() else x
            for name, x in states[0].items()}
    to.mkdir(parents=True, exist_ok=True)
    save_file(mean, str(to / "model.safetensors"), {"format": "pt"})
    for name in FILES:
        shutil.copy(folders[0] / name, to / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--to", type=Path, required=True)
    args = parser.parse_args()
    average(args.folders, args.to)
