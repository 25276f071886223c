"""Both encoders trained side by side on one GPU, within a budget of seconds, from the folder that carry.py has packed.

    python3 on_device.py train --carry ../../.train-carry --to "$OUT" --seconds 560
    python3 on_device.py fetch 2 --to "$OUT"     # what did not fit in what the first command gave back
    python3 on_device.py train … --smoke         # every stage, two minutes in all: does it run, how fast?
    python3 on_device.py train … --distil 0      # goes on from trained checkpoints that `carry.py model` has packed as start-A.xz, start-B.xz

Each chain is distil.py, then its training command; one that fails leaves the other alone, and what it had saved last is
returned. Put together again: cat A.tar.* | tar x; cat B.tar.* | tar x."""
from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import carry

HERE = Path(__file__).resolve().parent
PART = 15 * 2**20  # bytes
AT_ONCE = 4  # parts a command gives back
TAIL = 45  # seconds for the figures of the merged pair, and the parts
CHAINS = {
    "B": (["--teacher", "e5", "--prefix", "query: "], "train_synonym.py", ["--seed", "1"]),
    "A": (["--teacher", "minilm"], "train_knowledge.py", ["--seed", "2"]),
}


class Chain(threading.Thread):
    def __init__(self, name: str, args, work: Path, ends: float):
        super().__init__()
        self.letter, self.args, self.work, self.ends = name, args, work, ends
        self.log = open(work / f"{name}.log", "w", encoding="utf-8", buffering=1)

    def call(self, limit: float, *command: str) -> bool:
        """True where the command ended well in time; one that overstays is ended."""
        process = subprocess.Popen([sys.executable, "-u", *command], cwd=HERE, stdout=self.log, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            code = process.wait(timeout=max(1.0, limit))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 15)
            process.wait()
            code = "too late"
        print(f"{self.letter}: {command[0]} ended with {code}", flush=True)
        return code == 0

    def run(self) -> None:
        x, args, work = self.letter, self.args, self.work
        teacher, script, settings = CHAINS[x]
        teacher = [str(work / t) if t in ("e5", "minilm") else t for t in teacher]
        common = ["--workers", str(args.workers), "--batch", str(args.batch), "--pairs", str(work / "pairs.pickle"),
                  "--say", str(args.say)]
        healed = args.distil > 0 and self.call(args.distil + 30, "distil.py", "--student", str(work / f"start-{x}"), *teacher, "--to",
                           str(work / f"healed-{x}"), "--shares", x, "--seconds", str(args.distil), *common)
        left = self.ends - time.time()
        self.call(left + 10, script, "--start", str(work / (f"healed-{x}" if healed else f"start-{x}")), "--name", x,
                  "--out", str(work), "--seconds", f"{left:.0f}", "--points", str(args.points), "--mines", str(args.mines),
                  "--memory", str(args.memory), "--average", "0.999", "--share", str(args.share),
                  "--per-set", str(args.per_set), "--rate", str(args.rate), *settings, *common,
                  *sum((["--kind", kind] for kind in args.kind), []))


def parts(work: Path) -> list[Path]:
    """The trained folders, A before B, as tars cut into parts."""
    folder = work / "parts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for x in ("A", "B"):
        source = next((work / f for f in (x, f"healed-{x}") if (work / f / "model.safetensors").exists()), None)
        if source is None:
            continue
        whole = folder / f"{x}.tar"
        with tarfile.open(whole, "w") as tar:
            tar.add(source, x)
        content = whole.read_bytes()
        whole.unlink()
        for i, at in enumerate(range(0, len(content), PART)):
            (folder / f"{x}.tar.{i:02d}").write_bytes(content[at:at + PART])
    return sorted(folder.iterdir())


def give(work: Path, to: Path, command: int) -> None:
    found = sorted((work / "parts").iterdir())
    for part in found[(command - 1) * AT_ONCE:command * AT_ONCE]:
        shutil.copy(part, to / part.name)
    more = max(0, len(found) - command * AT_ONCE)
    print(f"{len(found)} parts; {more} more after this: fetch {command + 1}" if more else f"{len(found)} parts, no more",
          flush=True)


def train(args) -> None:
    began, work = time.time(), args.work.resolve()
    os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
    os.environ["TQDM_DISABLE"] = os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["OMP_NUM_THREADS"] = "1"
    if not (work / "unpacked").exists():
        carry.unpack(args.carry, work)
        (work / "unpacked").touch()
    for x in CHAINS:  # an earlier run's results are not this one's
        for old in (x, f"healed-{x}"):
            shutil.rmtree(work / old, ignore_errors=True)
    chains = [Chain(x, args, work, began + args.seconds - args.tail) for x in args.only or CHAINS]
    [c.start() for c in chains]
    [c.join() for c in chains]
    parts(work)
    args.to.mkdir(parents=True, exist_ok=True)
    give(work, args.to, 1)
    trained = [f"{x}={work / x}" for x in ("A", "B") if (work / x / "model.safetensors").exists()]
    left = began + args.seconds - time.time() - 3
    if trained and left > 5:
        with open(work / "merged.log", "w") as log:
            try:
                subprocess.run([sys.executable, "-u", "evaluate.py", "--out", str(work), *sum((["--encoder", t] for t in trained), []),
                                "--share", str(args.share), "--per-set", str(args.per_set)], cwd=HERE, stdout=log,
                               stderr=subprocess.STDOUT, timeout=left)
            except subprocess.TimeoutExpired:
                print("no time for the merged figures", flush=True)
    with open(args.to / "logs.txt", "w", encoding="utf-8") as out:
        for name in ("A.log", "B.log", "merged.log"):
            if (work / name).exists():
                lines = (work / name).read_text(encoding="utf-8", errors="replace").splitlines()
                out.write("\n".join([f"==== {name}", *lines, ""]))
                print("\n".join([f"==== {name}", *lines[-args.tail_lines:]]), flush=True)
    print(f"{time.time() - began:.0f} s in all", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    trains, fetches = commands.add_parser("train"), commands.add_parser("fetch")
    fetches.add_argument("number", type=int, help="2: what the second command gives back")
    for sub in (trains, fetches):
        sub.add_argument("--to", type=Path, required=True)
        sub.add_argument("--work", type=Path, default=HERE / "out" / "device")
    trains.add_argument("--carry", type=Path, required=True)
    trains.add_argument("--seconds", type=float, default=560, help="for everything")
    trains.add_argument("--smoke", action="store_true")
    trains.add_argument("--only", action="append", choices=list(CHAINS), help="this encoder, and not both")
    trains.add_argument("--kind", action="append", default=[], metavar="NAME=SHARE", help="as for the training commands")
    for name, value in {"distil": 80.0, "tail": float(TAIL), "workers": 7, "batch": 2048, "memory": 65536, "points": 6,
                        "mines": 3, "say": 100, "rate": 3e-4, "share": 1.0, "per-set": 0, "tail-lines": 40}.items():
        trains.add_argument(f"--{name}", type=type(value), default=value)
    args = parser.parse_args()
    if args.command == "fetch":
        args.to.mkdir(parents=True, exist_ok=True)
        return give(args.work, args.to, args.number)
    if args.smoke:
        trains.set_defaults(seconds=120.0, distil=32.0, tail=28.0, say=10, points=1, mines=1, share=0.2)
        args = parser.parse_args()
    train(args)


if __name__ == "__main__":
    main()
