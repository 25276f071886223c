"""Retrieval figures on the dev index: one answer per concept, Acc@1 and Acc@10 for each set, for every encoder alone, the
mean of their standardized cosines (merged), and the oracle (right at rank 1 by either).

`python3 evaluate.py --encoder NAME=FOLDER[:PREFIX] --encoder …`"""
from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

import release as rrf
from encoder import Encoder, device_for
from optimized import OptimizedEncoder


class DevIndex:
    def __init__(self, folder: Path, share: float = 1.0, per_set: int = 0):
        rows = [line.rstrip("\n").split("\t") for line in open(folder / "dev-index.tsv", encoding="utf-8")]
        self.queries = [line.rstrip("\n").split("\t") for line in open(folder / "dev-queries.tsv", encoding="utf-8")]
        if per_set:  # so many queries of each set, spread over it
            by_set: dict[str, list] = {}
            for q in self.queries:
                by_set.setdefault(q[0], []).append(q)
            self.queries = [q for found in by_set.values() for q in found[::max(1, len(found) // per_set)][:per_set]]
        if share < 1:  # answers stay, the rest is thinned by a fixed draw
            answers = {c for q in self.queries for c in q[2].split("|")}
            draw = np.random.default_rng(5).random(len(rows))
            rows = [r for r, d in zip(rows, draw) if r[1] in answers or d < share]
        rows.sort(key=lambda r: r[1])
        self.strings = sorted({r[0] for r in rows})
        where = {s: i for i, s in enumerate(self.strings)}
        self.row_string = torch.tensor([where[r[0]] for r in rows])
        self.cuis = sorted({r[1] for r in rows})
        cui_at = {c: i for i, c in enumerate(self.cuis)}
        self.row_cui = np.array([cui_at[r[1]] for r in rows])
        self.starts = np.flatnonzero(np.r_[True, self.row_cui[1:] != self.row_cui[:-1]])
        self.answers = [{cui_at[c] for c in q[2].split("|") if c in cui_at} for q in self.queries]
        self.tokenized: tuple = (None,)
        self.sets: dict[str, list[int]] = {}
        for i, q in enumerate(self.queries):
            self.sets.setdefault(q[0], []).append(i)

    def concept_scores(self, strings: torch.Tensor, queries: torch.Tensor) -> torch.Tensor:
        """[queries, concepts]: the best cosine of a concept's strings."""
        scores = queries.float() @ strings.float().T
        if scores.device.type == "cuda":
            owner = torch.from_numpy(self.row_cui).to(scores.device).expand(len(scores), -1)
            best = scores.new_full((len(scores), len(self.cuis)), -2.0)
            return best.scatter_reduce_(1, owner, scores[:, self.row_string.to(scores.device)], "amax")
        by_row = scores[:, self.row_string].numpy()
        return torch.from_numpy(np.maximum.reduceat(by_row, self.starts, axis=1))

    def ranks(self, matrices: list[tuple[torch.Tensor, torch.Tensor]]) -> list[np.ndarray]:
        """The rank (0 first) of the best answer per query: for each encoder, and merged when there are several."""
        out = [[] for _ in range(len(matrices) + (len(matrices) > 1))]
        for start in range(0, len(self.queries), 256):
            merged = None
            for slot, (strings, queries) in enumerate(matrices):
                scores = self.concept_scores(strings, queries[start:start + 256])
                out[slot].extend(self._rank(scores, start))
                if len(matrices) > 1:
                    top = scores.topk(50, dim=1).values
                    scaled = (scores - top[:, -1:]) / 0.05
                    merged = scaled if merged is None else merged + scaled
            if merged is not None:
                out[-1].extend(self._rank(merged, start))
        return [np.array(o) for o in out]

    def _rank(self, scores: torch.Tensor, start: int) -> list[int]:
        answers = [sorted(found) for found in self.answers[start:start + len(scores)]]
        most = max(1, max(map(len, answers)))
        table = torch.tensor([a + [-1] * (most - len(a)) for a in answers], device=scores.device)
        values = scores.gather(1, table.clamp(min=0)).masked_fill(table < 0, float("-inf"))
        best, at = values.max(1, keepdim=True)
        first = table.gather(1, at)
        before = torch.arange(scores.shape[1], device=scores.device) < first
        ranks = ((scores > best) | ((scores == best) & before)).sum(1)
        return ranks.masked_fill(table[:, 0] < 0, 10**9).tolist()

    def figures(self, ranks: np.ndarray) -> dict[str, tuple[float, float]]:
        return {name: (float((ranks[rows] == 0).mean()), float((ranks[rows] < 10).mean()))
                for name, rows in self.sets.items()}


def encode(encoder: Encoder, index: DevIndex, log=None):
    """Vectors of the strings and of the queries, where the encoder is."""
    key = str(encoder.folder)
    if index.tokenized[0] != key:  # the vocabulary stays the same through a run
        index.tokenized = key, encoder.tokenize(index.strings), encoder.tokenize([q[1] for q in index.queries])
    return encoder.encode_ids(index.tokenized[1], log=log), encoder.encode_ids(index.tokenized[2])


def report(index: DevIndex, names: list[str], ranks: list[np.ndarray]) -> dict:
    table = {}
    for name, r in zip(names + ["merged"], ranks):
        table[name] = index.figures(r)
    if len(names) == 2:
        best = np.minimum(ranks[0], ranks[1])
        table["oracle"] = index.figures(best)
        right = [r == 0 for r in ranks[:2]]
        for a, b in ((0, 1), (1, 0)):
            lost = {s: [i for i in rows if not right[b][i]] for s, rows in index.sets.items()}
            table[f"{names[a]} wins of {names[b]}'s losses"] = {
                s: (float(np.mean(right[a][rows])) if rows else 0.0, len(rows)) for s, rows in lost.items()}
    return table


def show(table: dict) -> str:
    sets = list(next(iter(table.values())))
    lines = []
    for name, row in table.items():
        cells = [f"{row[s][0]:.3f}/{row[s][1]:.3f}" if row[s][1] <= 1 else f"{row[s][0]:.3f}" for s in sets]
        lines.append(f"{name:28s} " + " ".join(f"{s.replace('.dev', '')[:22]}={c}" for s, c in zip(sets, cells)))
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", action="append", required=True,
                        help="NAME=FOLDER or NAME=FOLDER::PREFIX: a checkpoint, or what `termduet optimize` has written")
    parser.add_argument("--out", type=Path, default=rrf.HERE / "out", help="where dev_index.py has written")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--per-set", type=int, default=0, help="queries of each set; all without it")
    parser.add_argument("--save-vectors", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    device = device_for(args.threads)
    index = DevIndex(args.out, args.share, args.per_set)
    names, matrices = [], []
    for item in args.encoder:
        name, _, rest = item.partition("=")
        folder, _, prefix = rest.partition("::")
        cache = args.out / f"vectors-{name}-{args.share}-{args.per_set}.pt"
        began = time.time()
        if cache.exists() and args.save_vectors:
            matrices.append(torch.load(cache, map_location=device))
        else:
            optimized = (Path(folder) / "encoder.json").exists()
            encoder = OptimizedEncoder(Path(folder), args.threads) if optimized else Encoder(Path(folder), prefix, device)
            matrices.append(encode(encoder, index, log=lambda s: print(f"{name}: {s} {time.time() - began:.0f} s",
                                                                       file=sys.stderr, flush=True)))
            if args.save_vectors:
                torch.save(matrices[-1], cache)
        names.append(name)
        print(f"{name}: {len(index.strings)} strings in {time.time() - began:.0f} s", file=sys.stderr)
    table = report(index, names, index.ranks(matrices))
    print(show(table))
    if args.json:
        args.json.write_text(json.dumps(table, indent=1))
