"""The paper's appendix B: fine-tuning an encoder on DEFT 2020, for those who hold it.

    python3 deft.py --task 1 --encoder out/B --train t1-train.tsv --test t1-test.tsv --to out/B-deft1
    python3 deft.py --task 2 --encoder out/A --train t2-train.tsv --test t2-test.tsv --to out/A-deft2

AdamW 1e-5, batch 8, 3 epochs, dropout 0.1, ReduceLROnPlateau (factor 0.1, patience 3), tokens masked and replaced with
probability 0.2. Task 1: 0.5 cross-entropy over the six grades + 0.5 mean squared error; task 2: cross-entropy over the
three candidates; temperatures 1."""
from __future__ import annotations

import argparse
import math
import random
from pathlib import Path

import torch
import torch.nn.functional as F

import deft_data as deft
from encoder import Encoder

SHARPNESS = 2.0  # of the six grades around a predicted grade


def damage(ids: list[list[int]], mask: int, size: int, p: float, rng: random.Random) -> list[list[int]]:
    """With probability p a text has tokens masked, and with probability p tokens replaced: 15 % of them, never the ends."""
    out = []
    for text in ids:
        text = list(text)
        for fresh in (lambda: mask, lambda: rng.randrange(1000, size)):
            if rng.random() < p:
                text[1:-1] = [fresh() if rng.random() < 0.15 else t for t in text[1:-1]]
        out.append(text)
    return out


def cosines(encoder: Encoder, left: list[list[int]], right: list[list[int]]) -> torch.Tensor:
    vectors = encoder(left + right)
    return (vectors[:len(left)] * vectors[len(left):]).sum(1)


def grades_loss(grade: torch.Tensor, mark: torch.Tensor) -> torch.Tensor:
    levels = torch.arange(6.0, device=grade.device)
    logits = -SHARPNESS * (grade[:, None] - levels) ** 2
    return 0.5 * F.cross_entropy(logits, mark.round().long()) + 0.5 * F.mse_loss(grade / 5, mark / 5)


def edrm(found: list[float], wanted: list[float]) -> float:
    return sum(1 - abs(f - w) / max(w, 5 - w) for f, w in zip(found, wanted)) / len(found)


def spearman(a: list[float], b: list[float]) -> float:
    def ranks(values):
        order = sorted(range(len(values)), key=values.__getitem__)
        out, i = [0.0] * len(values), 0
        while i < len(order):
            j = i
            while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
                j += 1
            for k in range(i, j + 1):
                out[order[k]] = (i + j) / 2
            i = j + 1
        return out
    x, y = ranks(a), ranks(b)
    mx, my = sum(x) / len(x), sum(y) / len(y)
    top = sum((p - mx) * (q - my) for p, q in zip(x, y))
    return top / math.sqrt(sum((p - mx) ** 2 for p in x) * sum((q - my) ** 2 for q in y) or 1)


@torch.no_grad()
def test(encoder: Encoder, data: list[dict], task: int, low: float, high: float) -> dict[str, float]:
    if task == 1:
        cosine = cosines(encoder, encoder.tokenize([d["source"] for d in data], 160),
                         encoder.tokenize([d["target"] for d in data], 160))
        grade = ((cosine - low) / (high - low) * 5).clamp(0, 5).tolist()
        marks = [d["mark"] for d in data]
        return {"EDRM": edrm(grade, marks), "Spearman": spearman(grade, marks)}
    ranks = []
    for d in data:
        vectors = encoder(encoder.tokenize([d["source"], *d["targets"]], 160))
        scores = vectors[1:] @ vectors[0]
        ranks.append(1 + int((scores > scores[d["label"]]).sum()))
    return {"MAP": sum(1 / r for r in ranks) / len(ranks), "accuracy": sum(r == 1 for r in ranks) / len(ranks)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", type=int, choices=(1, 2), required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--decay", type=float, default=1e-2)
    parser.add_argument("--p", type=float, default=0.2, help="probability of masking, and of replacing")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    encoder = Encoder(args.encoder, device="cuda" if torch.cuda.is_available() else "cpu")
    encoder.dropout = args.dropout
    if args.task == 1:
        train, held = deft.undersample(deft.similarity(args.train), args.seed), deft.undersample(deft.similarity(args.test))
    else:
        train, held = deft.parallel(args.train), deft.parallel(args.test)
    low, high = 0.0, 1.0
    if args.task == 1:  # the paper's feature scaling: the range of a first inference
        with torch.no_grad():
            first = cosines(encoder, encoder.tokenize([d["source"] for d in train], 160),
                            encoder.tokenize([d["target"] for d in train], 160))
        low, high = float(first.min()), float(first.max())
        high = high if high > low else low + 1
    print(f"{len(train)} to train, {len(held)} to test; before: {test(encoder, held, args.task, low, high)}", flush=True)
    optimizer = torch.optim.AdamW(encoder.model.parameters(), lr=args.rate, weight_decay=args.decay)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", factor=0.1, patience=3)
    size = encoder.model.config.vocab_size
    mask = next(t for t in ("[MASK]", "<mask>", "[UNK]", "<unk>") if encoder.tokenizer.token_to_id(t) is not None)
    mask = encoder.tokenizer.token_to_id(mask)

    def damaged(texts: list[str]) -> list[list[int]]:
        return damage(encoder.tokenize(texts, 160), mask, size, args.p, rng)

    for epoch in range(args.epochs):
        rng.shuffle(train)
        total = 0.0
        for at in range(0, len(train), args.batch):
            part = train[at:at + args.batch]
            source = damaged([d["source"] for d in part])
            if args.task == 1:
                cosine = cosines(encoder, source, damaged([d["target"] for d in part]))
                mark = torch.tensor([d["mark"] for d in part], device=cosine.device)
                loss = grades_loss((cosine - low) / (high - low) * 5, mark)
            else:
                targets = damaged([t for d in part for t in d["targets"]])
                vectors = encoder(source + targets)
                candidates = vectors[len(part):].view(len(part), -1, vectors.shape[1])
                scores = torch.einsum("nd,ntd->nt", vectors[:len(part)], candidates)
                loss = F.cross_entropy(scores, torch.tensor([d["label"] for d in part], device=scores.device))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(part)
        figures = test(encoder, held, args.task, low, high)
        plateau.step(next(iter(figures.values())))
        print(f"epoch {epoch + 1} loss {total / len(train):.4f} {figures}", flush=True)
    encoder.save(args.to, f"{args.encoder.name} fine-tuned on DEFT 2020 task {args.task}; cosine range {low:.4f} to {high:.4f}\n")


if __name__ == "__main__":
    main()
