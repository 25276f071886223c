"""Encoders that people use from Python, one a process, for benchmarks/encoder-speed.ts.

    python encoder_peers.py METHOD CHECKPOINT WORK THREADS CALIBRATION.txt [PREFIX]

Makes what the method needs in WORK (once), loads it, prints one JSON line, and then answers lines on stdin:
`encode FILE OUT` writes the vectors of FILE's lines to OUT (float32), `time FILE` encodes them; both print
{"seconds", "rssMb"}. The driver lets one process work at a time.
"""

import json
import os
import shutil
import sys
import time

METHOD, CHECKPOINT, WORK, THREADS, CALIBRATION = sys.argv[1:6]
PREFIX = sys.argv[6] if len(sys.argv) > 6 else ""
THREADS = int(THREADS)
# Before anything is loaded that would report to its makers.
os.environ.update(ORT_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
MAX_TOKENS = 128

import numpy as np  # noqa: E402
import psutil  # noqa: E402


def mean_pooled(hidden, mask):
    weights = mask[..., None].astype(np.float32)
    vectors = (hidden * weights).sum(1) / weights.sum(1)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def tree_bytes(path):
    return os.path.getsize(path) + (os.path.getsize(path + "_data") if os.path.exists(path + "_data") else 0)


def sentence_transformer(backend, **arguments):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(checkpoint_folder(), backend=backend, device="cpu", **arguments)
    model.max_seq_length = MAX_TOKENS
    return lambda texts: model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)


def checkpoint_folder():
    """The checkpoint as sentence-transformers reads it; mean pooling where it names none."""
    target = os.path.join(WORK, "checkpoint")
    if os.path.exists(target):
        return target
    if os.path.exists(os.path.join(CHECKPOINT, "modules.json")):
        shutil.copytree(CHECKPOINT, target)
        return target
    from sentence_transformers import SentenceTransformer, models

    transformer = models.Transformer(CHECKPOINT, max_seq_length=MAX_TOKENS, model_args={"torch_dtype": "float32"})
    pooling = models.Pooling(transformer.get_word_embedding_dimension(), "mean")
    SentenceTransformer(modules=[transformer, pooling, models.Normalize()], device="cpu").save(target)
    return target


def onnx_file():
    """The float32 graph that sentence-transformers exports."""
    path = os.path.join(checkpoint_folder(), "onnx", "model.onnx")
    if not os.path.exists(path):
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(checkpoint_folder(), backend="onnx", device="cpu", model_kwargs={"export": True})
        model.save_pretrained(checkpoint_folder())
    return path


def torch_paper():
    """The paper's setting: PyTorch float32, ten strings a batch, every one padded to 512 tokens."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(THREADS)
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    model = AutoModel.from_pretrained(CHECKPOINT, dtype=torch.float32).eval()

    def encode(texts):
        rows = []
        for start in range(0, len(texts), 10):
            inputs = tokenizer(
                texts[start : start + 10], padding="max_length", max_length=512, truncation=True, return_tensors="pt"
            )
            with torch.no_grad():
                hidden = model(**inputs).last_hidden_state.numpy()
            rows.append(mean_pooled(hidden, inputs["attention_mask"].numpy()))
        return np.concatenate(rows)

    return encode, os.path.getsize(os.path.join(CHECKPOINT, "model.safetensors"))


def st_torch():
    import torch

    torch.set_num_threads(THREADS)
    encode = sentence_transformer("torch", model_kwargs={"dtype": torch.float32})
    return encode, os.path.getsize(os.path.join(CHECKPOINT, "model.safetensors"))


def session_options():
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = THREADS
    return options


def st_onnx():
    path = onnx_file()
    arguments = {"file_name": "onnx/model.onnx", "session_options": session_options()}
    return sentence_transformer("onnx", model_kwargs=arguments), tree_bytes(path)


def st_onnx_qint8():
    onnx_file()
    name = "model_qint8_avx512_vnni.onnx"
    path = os.path.join(checkpoint_folder(), "onnx", name)
    if not os.path.exists(path):
        from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model

        model = SentenceTransformer(
            checkpoint_folder(), backend="onnx", device="cpu", model_kwargs={"file_name": "onnx/model.onnx"}
        )
        export_dynamic_quantized_onnx_model(model, "avx512_vnni", checkpoint_folder())
    arguments = {"file_name": f"onnx/{name}", "session_options": session_options()}
    return sentence_transformer("onnx", model_kwargs=arguments), tree_bytes(path)


def st_openvino_qint8():
    folder = os.path.join(checkpoint_folder(), "openvino")
    path = os.path.join(folder, "openvino_model_qint8_quantized.xml")
    if not os.path.exists(path):
        from optimum.intel import OVQuantizationConfig
        from sentence_transformers import SentenceTransformer, export_static_quantized_openvino_model

        data = os.path.join(WORK, "calibration")
        os.makedirs(data, exist_ok=True)
        import csv

        with open(os.path.join(data, "train.csv"), "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["text"])
            writer.writerows([[PREFIX + line] for line in lines_of(CALIBRATION)[:400]])
        model = SentenceTransformer(checkpoint_folder(), backend="openvino", device="cpu", model_kwargs={"export": True})
        export_static_quantized_openvino_model(
            model,
            OVQuantizationConfig(num_samples=300),
            checkpoint_folder(),
            dataset_name=data,
            dataset_config_name="default",
            dataset_split="train",
            column_name="text",
        )
    config = {"INFERENCE_NUM_THREADS": str(THREADS)}
    arguments = {"file_name": "openvino/openvino_model_qint8_quantized.xml", "ov_config": config}
    size = tree_bytes(path) + tree_bytes(path.replace(".xml", ".bin"))
    return sentence_transformer("openvino", model_kwargs=arguments), size


def ort_sorted(path):
    """A graph in ONNX Runtime as it comes, batches of 64 strings sorted by length."""
    import onnxruntime as ort
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    session = ort.InferenceSession(path, session_options(), providers=["CPUExecutionProvider"])
    wanted = {i.name for i in session.get_inputs()}

    def encode(texts):
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = None
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            inputs = tokenizer(
                [texts[i] for i in rows], padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="np"
            )
            feeds = {k: v.astype(np.int64) for k, v in inputs.items() if k in wanted}
            if "token_type_ids" in wanted and "token_type_ids" not in feeds:
                feeds["token_type_ids"] = np.zeros_like(feeds["input_ids"])
            pooled = mean_pooled(session.run(None, feeds)[0], feeds["attention_mask"])
            if vectors is None:
                vectors = np.zeros((len(texts), pooled.shape[1]), np.float32)
            vectors[rows] = pooled
        return vectors

    return encode, tree_bytes(path)


def ort_dynamic():
    """ONNX Runtime's own dynamic quantizer with its defaults but for signed weights."""
    path = os.path.join(WORK, "ort-dynamic.onnx")
    if not os.path.exists(path):
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(onnx_file(), path, weight_type=QuantType.QInt8)
    return ort_sorted(path)


def ort_fused_dynamic():
    """The same after ONNX Runtime's own transformers optimizer, a scale for each channel."""
    path = os.path.join(WORK, "ort-fused-dynamic.onnx")
    if not os.path.exists(path):
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from onnxruntime.transformers.optimizer import optimize_model

        config = json.load(open(os.path.join(CHECKPOINT, "config.json")))
        fused = optimize_model(
            onnx_file(),
            model_type="bert",
            num_heads=config["num_attention_heads"],
            hidden_size=config["hidden_size"],
        )
        fused_path = os.path.join(WORK, "ort-fused.onnx")
        fused.save_model_to_file(fused_path)
        quantize_dynamic(
            fused_path,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Shape inference knows nothing of the fused operators.
            extra_options={"DefaultTensorType": 1},
        )
    return ort_sorted(path)


def olive():
    """What Olive's BERT SmoothQuant recipe leaves in WORK/olive/model.onnx (olive_smooth_quant.py)."""
    return ort_sorted(os.path.join(WORK, "olive", "model.onnx"))


def fastembed():
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    path = onnx_file()
    folder = checkpoint_folder()
    dimension = json.load(open(os.path.join(folder, "config.json")))["hidden_size"]
    TextEmbedding.add_custom_model(
        model="bench/checkpoint",
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf="bench/checkpoint"),
        dim=dimension,
        model_file="onnx/model.onnx",
    )
    model = TextEmbedding("bench/checkpoint", specific_model_path=folder, threads=THREADS)
    return lambda texts: np.stack(list(model.embed(texts))), tree_bytes(path)


METHODS = {
    "torch-paper": torch_paper,
    "sentence-transformers": st_torch,
    "sentence-transformers-onnx": st_onnx,
    "sentence-transformers-onnx-qint8": st_onnx_qint8,
    "sentence-transformers-openvino-qint8": st_openvino_qint8,
    "ort-dynamic-sorted-64": ort_dynamic,
    "ort-fused-dynamic-sorted-64": ort_fused_dynamic,
    "fastembed": fastembed,
    "olive-smooth-quant": olive,
}


def lines_of(path):
    with open(path, encoding="utf8") as file:
        return [line for line in file.read().split("\n") if line]


def say(**values):
    print(json.dumps(values), file=REPLIES, flush=True)


if __name__ == "__main__":
    # Libraries print to stdout as well: replies go to a descriptor of their own.
    REPLIES = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.makedirs(WORK, exist_ok=True)
    encode, size = METHODS[METHOD]()
    process = psutil.Process()
    say(ready=True, sizeBytes=size, rssMb=process.memory_info().rss / 1e6)
    for line in sys.stdin:
        command, file, *rest = line.rstrip("\n").split("\t")
        texts = [PREFIX + text for text in lines_of(file)]
        start = time.perf_counter()
        vectors = encode(texts)
        seconds = time.perf_counter() - start
        if command == "encode":
            np.ascontiguousarray(vectors, np.float32).tofile(rest[0])
        say(seconds=seconds, rssMb=process.memory_info().rss / 1e6)
