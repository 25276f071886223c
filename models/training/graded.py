"""Graded pairs out of the release, for calibrators (cosine -> 0 to 5), on the scale of DEFT 2020: 5 names of one concept,
4 a name and its definition, 3 a concept and its parent, 2 siblings, 1 the same semantic type, 0 unrelated.

    python3 graded.py --out out/graded.tsv --each 2000

Columns: grade, left, right, lat. Names kept back from training (corpus.held_out) come first among the names of grade 5."""
from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

import release as rrf
from corpus import Corpus
from texts import CLINICAL


def graded(corpus: Corpus, types: dict[str, set[str]], each: int, seed: int):
    rng = random.Random(seed)
    cuis = sorted(c for c, found in corpus.names.items() if any(n.sab in CLINICAL for n in found) and c in types)
    by_type: dict[str, list[str]] = defaultdict(list)
    for cui in cuis:
        for t in types[cui]:
            by_type[t].append(cui)

    def name(cui: str) -> rrf.Name:
        found = corpus.names[cui]
        chosen = [n for n in found if n.lat in ("ENG", "FRE")] if rng.random() < 0.8 else found
        return rng.choice(chosen or found)

    def row(grade: int, a: rrf.Name, b_text: str):
        return grade, a.text, b_text, a.lat

    back = [n for n in corpus.kept_back if n.cui in corpus.names]
    rng.shuffle(back)
    for kept in back[:each // 2]:
        yield row(5, kept, name(kept.cui).text)
    wanted = {5: each - min(len(back), each // 2), 4: each, 3: each, 2: each, 1: each, 0: each}
    while any(wanted.values()):
        cui = rng.choice(cuis)
        left = name(cui)
        group = corpus.group[cui]
        kin = [p for p in corpus.parents.get(cui, ()) if corpus.group[p] != group]
        options = {5: lambda: name(cui).text, 4: lambda: rng.choice(corpus.definitions.get(cui) or [None])}
        if kin:
            parent = rng.choice(kin)
            options[3] = lambda: name(parent).text
            siblings = [s for s in corpus.children.get(parent, ()) if corpus.group[s] not in (group, corpus.group[parent])]
            options[2] = lambda: name(rng.choice(siblings)).text if siblings else None
        same = rng.choice(by_type[rng.choice(sorted(types[cui]))])
        related = {cui, *corpus.parents.get(cui, ()), *corpus.children.get(cui, ())}
        options[1] = lambda: name(same).text if same not in related else None
        other = rng.choice(cuis)
        options[0] = lambda: name(other).text if not types[other] & types[cui] and other not in related else None
        for grade in sorted(options, key=lambda g: -wanted[g]):
            text = options[grade]() if wanted[grade] else None
            if text and rrf.fold(text) != rrf.fold(left.text):
                wanted[grade] -= 1
                yield row(grade, left, text)
                break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--release", type=Path, default=rrf.DEFAULT_RELEASE)
    parser.add_argument("--queries", type=Path, default=rrf.DEFAULT_QUERIES)
    parser.add_argument("--out", type=Path, default=rrf.HERE / "out" / "graded.tsv")
    parser.add_argument("--each", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    types: dict[str, set[str]] = defaultdict(set)
    for cui, tui in rrf.semantic_types(args.release):
        if tui != "T071":  # "Entity" says nothing
            types[cui].add(tui)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with open(args.out, "w", encoding="utf-8") as out:
        out.write("grade\tleft\tright\tlat\n")
        for grade, left, right, lat in graded(Corpus(args.release, args.queries), types, args.each, args.seed):
            out.write(f"{grade}\t{left}\t{right}\t{lat}\n")


if __name__ == "__main__":
    main()
