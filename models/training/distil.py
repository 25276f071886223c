"""Brings a cut or re-vocabularied student back to what its teacher knew, before any terminology is taught.

    python3 distil.py --student out/start-B --teacher …/e5-small-eu --prefix 'query: ' --to out/healed-B

The target is the teacher's vector less the teacher's mean vector: e5's cosines all lie between 0.7 and 1, the student's
need not. Loss: 1 - cosine, plus InfoNCE of the student's vectors against the teacher's (temperature 0.05).

A's teacher knows English alone: for a name in another language it reads an English name of the same concept, so that the
student learns that language from English (Reimers and Gurevych's multilingual distillation)."""
from __future__ import annotations

import argparse
import pickle
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import release as rrf
from corpus import Corpus
from encoder import Encoder, device_for, load_tokenizer, pack, tokenize
from feed import Feed, seeded
from texts import mixture
from training import Run, optimizer_for

SHARES = {"B": {"ENG": 0.32, "FRE": 0.22, "OTHER": 0.16, "DEF": 0.3}, "A": {"ENG": 0.36, "FRE": 0.2, "OTHER": 0.08, "DEF": 0.36}}
THROUGH_ENGLISH = {"A"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--student", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--prefix", default="", help="what the teacher wants before a text")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--shares", choices=SHARES, default="B")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=192)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--limit", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0, help="run for so long, all told, in place of --steps")
    parser.add_argument("--workers", type=int, default=0, help="processes that make batches; 0: in this one")
    parser.add_argument("--pairs", type=Path, help="pairs made ready elsewhere, in place of the release and the dev sets")
    parser.add_argument("--release", type=Path, default=rrf.DEFAULT_RELEASE)
    parser.add_argument("--queries", type=Path, default=rrf.DEFAULT_QUERIES)
    parser.add_argument("--say", type=int, default=10, help="a line every so many steps")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    began = time.time()
    device = device_for(args.threads)
    if args.pairs:
        with open(args.pairs, "rb") as stored:
            corpus = pickle.load(stored).corpus
    else:
        corpus = Corpus(args.release, args.queries)
    shares, english = SHARES[args.shares], args.shares in THROUGH_ENGLISH

    def batches(worker: int):
        stream = mixture(corpus, seeded(args.seed, worker), shares, english)
        own, theirs = load_tokenizer(args.student), load_tokenizer(args.teacher)
        while True:
            texts = [next(stream) for _ in range(args.batch)]
            yield (pack(tokenize(own, [own_text for own_text, _ in texts], args.limit)),
                   pack(tokenize(theirs, [args.prefix + text for _, text in texts], args.limit + 4)))

    feed = Feed(batches, args.workers)
    student, teacher = Encoder(args.student, device=device), Encoder(args.teacher, args.prefix, device=device)
    teacher.requires_grad_(False)
    stream = mixture(corpus, seeded(args.seed + 1000, 0), shares, english)
    held = [next(stream) for _ in range(1000)]
    found = teacher.encode([text for _, text in held]).float().to(device)
    mean = found.mean(0)
    target_held = F.normalize(found - mean, dim=1)

    def held_out() -> tuple[float, float]:
        found = student.encode([text for text, _ in held]).float().to(device)
        scores = found @ target_held.T
        right = scores.argmax(1) == torch.arange(len(held), device=device)
        return float((found * target_held).sum(1).mean()), float(right.float().mean())

    optimizer = optimizer_for(student, args.rate)
    left = args.seconds and args.seconds - (time.time() - began) - 4  # seconds for the last save
    run = Run(args.to, student, optimizer, args.steps, args.rate, warmup=min(50 / args.steps, 0.1), average=0.98, seconds=left)
    if args.seconds:
        run.every = float("inf")
    step = run.resume() if args.resume else 0
    if not args.workers:
        for _ in range(step):
            next(feed)
    print(f"before: held-out cosine and retrieval {held_out()}", flush=True)
    labels = torch.arange(args.batch, device=device)
    lap = time.time()
    while run.progress(step) < 1:
        own, theirs = next(feed)
        with torch.no_grad():
            target = F.normalize(teacher(theirs) - mean, dim=1)
        found = student(own)
        near = 1 - (found * target).sum(1).mean()
        loss = 2 * near + 0.5 * F.cross_entropy(found @ target.T / 0.05, labels)
        run.step(loss, step)
        step += 1
        if step % args.say == 0:
            print(f"step {step} 1-cos {near.item():.4f} loss {loss.item():.4f} {time.time() - began:.0f} s, "
                  f"{args.say * args.batch / (time.time() - lap):.0f} texts/s, {feed.waiting()} batches wait", flush=True)
            lap = time.time()
    feed.close()
    with run.averaged():
        print(f"after: held-out cosine and retrieval {held_out()}", flush=True)
        student.save(args.to, f"distilled from {args.teacher.name}, {step} steps of {args.batch}\n",
                     half=bool(args.seconds))


if __name__ == "__main__":
    main()
