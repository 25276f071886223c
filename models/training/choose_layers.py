"""Which six of the teacher's layers make the best start: each choice is distilled for a few steps on the same texts, then
compared with the teacher on texts held out.

    python3 choose_layers.py --teacher …/e5-small-eu --prefix 'query: ' 0,2,4,6,8,10 1,3,5,7,9,11 …"""
from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import release as rrf
from corpus import Corpus
from distil import SHARES
from encoder import Encoder, keep_layers
from texts import mixture
from training import optimizer_for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("choices", nargs="+")
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    stream = mixture(Corpus(rrf.DEFAULT_RELEASE, rrf.DEFAULT_QUERIES), random.Random(7), SHARES["B"])
    texts = [next(stream)[0] for _ in range(args.steps * args.batch + 500)]
    teacher = Encoder(args.teacher, args.prefix)
    target = teacher.encode(texts, limit=32).float()
    target = F.normalize(target - target.mean(0), dim=1)
    held, labels = texts[-500:], torch.arange(500)
    for choice in args.choices:
        began = time.time()
        student = Encoder(args.teacher)
        keep_layers(student, [int(i) for i in choice.split(",")])
        optimizer = optimizer_for(student, args.rate)
        for step in range(args.steps):
            span = slice(step * args.batch, (step + 1) * args.batch)
            found = student(student.tokenize(texts[span], 32))
            loss = 2 * (1 - (found * target[span]).sum(1).mean()) + 0.5 * F.cross_entropy(
                found @ target[span].T / 0.05, torch.arange(args.batch))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            for group in optimizer.param_groups:
                group["lr"] = args.rate * group["factor"] * min(1, (step + 1) / 10, (args.steps - step) / args.steps * 1.5)
            optimizer.step()
        found = student.encode(held, limit=32).float()
        near = float((found * target[-500:]).sum(1).mean())
        right = float(((found @ target[-500:].T).argmax(1) == labels).float().mean())
        print(f"{choice}: cosine to the teacher {near:.4f}, retrieval {right:.3f}, {time.time() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
