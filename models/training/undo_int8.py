"""A checkpoint to go on training from, out of an INT8 encoder that the product's optimizer wrote: weights times their scales,
what SmoothQuant moved put back. What rounding took stays lost (mean cosine to the weights before it 0.998).

    python3 undo_int8.py ../bundled/termduet-a --to out/A"""
from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np

# What a layer's attention reads is smoothed once for the three that read it.
SMOOTHED_AS = {"key": "query", "value": "query"}


def table(found: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Rows of words or positions, which the optimizer may have put into 8 bits with a scale for each."""
    return found[name] if name in found else found[f"{name}.int8"].astype(np.float32) * found[f"{name}.int8_scale"]


def weights(graph, config: dict) -> dict[str, np.ndarray]:
    """The tensors of a BERT or XLM-R checkpoint in float32, by the names that Transformers gives them."""
    from onnx import numpy_helper

    found = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    state = {"embeddings.word_embeddings.weight": table(found, "embeddings.word_embeddings.weight")}
    positions = table(found, "embeddings.positions")
    # The graph holds positions with the type of the first segment added; so the types become nothing. XLM-R counts from 2.
    unused = np.zeros((config["max_position_embeddings"] - len(positions), positions.shape[1]), np.float32)
    state["embeddings.position_embeddings.weight"] = np.concatenate([unused, positions])
    state["embeddings.token_type_embeddings.weight"] = np.zeros((config["type_vocab_size"], positions.shape[1]), np.float32)
    for name, x in found.items():
        if name.startswith("embeddings.") and "LayerNorm" not in name:
            continue
        if name.endswith(".int8"):
            linear = name.removesuffix(".int8")
            parent, _, last = linear.rpartition(".")
            smoothing = found.get(f"{parent}.{SMOOTHED_AS.get(last, last)}.smoothing", np.ones(len(x), np.float32))
            whole = x.astype(np.float32) - found[f"{name}_zero"].astype(np.float32)
            state[f"{linear}.weight"] = (smoothing[:, None] * whole * found[f"{name}_scale"]).T
            state[f"{linear}.bias"] = found[f"{name}_bias"]
        elif "LayerNorm" in name:
            state[name] = x
    return state


def undo(folder: Path, to: Path) -> None:
    import onnx
    from safetensors.numpy import save_file

    graph = onnx.load(str(folder / "model.onnx")).graph
    config = json.loads((folder / "config.json").read_text())
    state = weights(graph, config)
    to.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(folder / name, to / name)
    save_file({k: np.ascontiguousarray(v) for k, v in state.items()}, str(to / "model.safetensors"), {"format": "pt"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    args = parser.parse_args()
    undo(args.folder, args.to)
