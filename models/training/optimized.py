"""An encoder that the product's optimizer wrote, run as the product runs it: sequences of one length in a batch, no mask."""
from __future__ import annotations

import silent  # isort: skip  # noqa: F401  before ONNX Runtime
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from encoder import load_tokenizer, tokenize

BATCH_TOKENS = 1024


class OptimizedEncoder:
    """Has of `encoder.Encoder` what figures are made with."""

    def __init__(self, folder: Path, threads: int):
        import onnxruntime

        self.folder = folder
        manifest = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
        self.prefix, self.limit = manifest["prefixes"]["query"], manifest["maxTokens"]
        self.tokenizer = load_tokenizer(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options,
                                                    disabled_optimizers=manifest["session"]["disabledOptimizers"])
        self.inputs = [i.name for i in self.session.get_inputs()]

    def tokenize(self, texts: list[str]) -> list[list[int]]:
        return tokenize(self.tokenizer, [self.prefix + t for t in texts], self.limit)

    def encode_ids(self, ids: list[list[int]], log=None) -> torch.Tensor:
        by_length: dict[int, list[int]] = defaultdict(list)
        for i, one in enumerate(ids):
            by_length[len(one)].append(i)
        out = None
        for length, rows in sorted(by_length.items()):
            at_once = max(1, BATCH_TOKENS // length)
            for at in range(0, len(rows), at_once):
                part = rows[at:at + at_once]
                tokens = np.array([ids[i] for i in part], dtype=np.int64)
                feeds = {name: tokens if name == "input_ids" else np.ones_like(tokens) for name in self.inputs}
                vectors = self.session.run(["sentence_embedding"], feeds)[0]
                out = np.empty((len(ids), vectors.shape[1]), np.float32) if out is None else out
                out[part] = vectors
            if log:
                log(f"{length} tokens")
        return torch.from_numpy(out)
