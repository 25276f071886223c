"""Microsoft Olive's BERT SmoothQuant recipe on an exported encoder, for benchmarks/encoder-speed.ts.

    python olive_smooth_quant.py MODEL.onnx CHECKPOINT CALIBRATION.txt OUT [PREFIX]

The passes of olive-recipes' intel-bert-base-uncased-mrpc/oci/cpu/inc_smooth_quant.json after the conversion:
OrtTransformersOptimization, then IncStaticQuantization with SmoothQuant, alpha 0.7. OUT/model.onnx is what it makes.
"""

import json
import os
import shutil
import sys

# Before what would report to its makers.
os.environ.update(ORT_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_TELEMETRY="1", OLIVE_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")

from olive.data.registry import Registry

MODEL, CHECKPOINT, CALIBRATION, OUT = sys.argv[1:5]
PREFIX = sys.argv[5] if len(sys.argv) > 5 else ""
# Neural Compressor stacks activations: all calibration inputs have one shape.
LENGTH, STRINGS = 48, 200


@Registry.register_dataset()
def calibration_strings(**_):
    import numpy as np
    import onnx
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    wanted = [i.name for i in onnx.load(MODEL, load_external_data=False).graph.input]
    texts = [line for line in open(CALIBRATION, encoding="utf8").read().split("\n") if line][:STRINGS]
    rows = []
    for text in texts:
        encoded = tokenizer(PREFIX + text, padding="max_length", truncation=True, max_length=LENGTH)
        encoded.setdefault("token_type_ids", [0] * LENGTH)
        rows.append(({name: np.array(encoded[name], np.int64) for name in wanted}, 0))
    return rows


if __name__ == "__main__":
    from olive.workflows import run

    config = json.load(open(os.path.join(CHECKPOINT, "config.json")))
    flow = {
        "input_model": {"type": "ONNXModel", "model_path": MODEL},
        "systems": {
            "local": {
                "type": "LocalSystem",
                "accelerators": [{"device": "cpu", "execution_providers": ["CPUExecutionProvider"]}],
            }
        },
        "data_configs": [
            {
                "name": "calibration",
                "type": "DataContainer",
                "load_dataset_config": {"type": "calibration_strings"},
                "pre_process_data_config": {"type": "skip_pre_process"},
                "post_process_data_config": {"type": "skip_post_process"},
                "dataloader_config": {"batch_size": 1},
            }
        ],
        "passes": {
            "fusion": {
                "type": "OrtTransformersOptimization",
                "model_type": "bert",
                "num_heads": config["num_attention_heads"],
                "hidden_size": config["hidden_size"],
            },
            "quantization": {
                "type": "IncStaticQuantization",
                "data_config": "calibration",
                "quant_format": "QOperator",
                "recipes": {"smooth_quant": True, "smooth_quant_args": {"alpha": 0.7}},
            },
        },
        "host": "local",
        "target": "local",
        "evaluate_input_model": False,
        "cache_dir": os.path.join(OUT, "cache"),
        "output_dir": os.path.join(OUT, "output"),
    }
    os.makedirs(OUT, exist_ok=True)
    run(flow)
    found = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(os.path.join(OUT, "output"))
        for name in names
        if name.endswith(".onnx")
    ]
    if not found:
        raise SystemExit("Olive left no model")
    shutil.copy(found[0], os.path.join(OUT, "model.onnx"))
