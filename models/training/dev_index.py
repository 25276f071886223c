"""A dev index small enough to encode again and again, yet hard: every string of every answer, the strings that char-3
TF-IDF ranks nearest each dev query over the whole release (all languages), strings that hold-out names should find, and
a random rest. `python3 dev_index.py` writes dev-index.tsv (string, cui) and dev-queries.tsv (set, query, answers)."""
from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

import release as rrf
from corpus import Corpus


def nearest_strings(strings: list[str], queries: list[str], k: int) -> set[int]:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), lowercase=True, strip_accents="unicode",
                                 min_df=2, sublinear_tf=True, dtype=np.float32)
    index = vectorizer.fit_transform(strings).T.tocsr()
    found: set[int] = set()
    for start in range(0, len(queries), 200):
        scores = vectorizer.transform(queries[start:start + 200]) @ index
        for row in range(scores.shape[0]):
            begin, end = scores.indptr[row], scores.indptr[row + 1]
            values, columns = scores.data[begin:end], scores.indices[begin:end]
            if len(values) > k:
                keep = np.argpartition(-values, k)[:k]
                columns = columns[keep]
            found.update(columns.tolist())
    return found


def build(args) -> None:
    corpus = Corpus(args.release, args.queries)
    sets = rrf.queries(args.queries)
    rng = random.Random(args.seed)
    by_language = defaultdict(list)
    for name in corpus.kept_back:
        by_language[name.lat].append(name)
    for language, found in sorted(by_language.items()):
        rng.shuffle(found)
        sets[f"names-{language}"] = [(n.text, frozenset([n.cui])) for n in found[:args.per_language]]
    kept_back = {(n.cui, rrf.fold(n.text)) for n in corpus.kept_back}
    rows = sorted({(n.text, n.cui) for n in rrf.names(args.release) if n.text
                   and (n.cui, rrf.fold(n.text)) not in kept_back})
    strings = sorted({text for text, _ in rows})
    where = {text: i for i, text in enumerate(strings)}
    wanted = set(rng.sample(range(len(strings)), args.random))
    answers = {cui for found in sets.values() for _, cuis in found for cui in cuis}
    wanted.update(where[text] for text, cui in rows if cui in answers)
    asked = sorted({q for found in sets.values() for q, _ in found})
    wanted.update(nearest_strings(strings, asked, args.nearest))
    kept = [(text, cui) for text, cui in rows if where[text] in wanted]
    args.out.mkdir(parents=True, exist_ok=True)
    with open(args.out / "dev-index.tsv", "w", encoding="utf-8") as out:
        out.writelines(f"{text}\t{cui}\n" for text, cui in kept)
    with open(args.out / "dev-queries.tsv", "w", encoding="utf-8") as out:
        out.writelines(f"{name}\t{q}\t{'|'.join(sorted(cuis))}\n" for name, found in sets.items() for q, cuis in found)
    print(f"{len(kept)} rows, {len(wanted)} strings, {len(asked)} queries -> {args.out}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", type=Path, default=rrf.DEFAULT_RELEASE)
    parser.add_argument("--queries", type=Path, default=rrf.DEFAULT_QUERIES)
    parser.add_argument("--out", type=Path, default=rrf.HERE / "out")
    parser.add_argument("--nearest", type=int, default=12)
    parser.add_argument("--random", type=int, default=25000)
    parser.add_argument("--per-language", type=int, default=300)
    parser.add_argument("--seed", type=int, default=13)
    build(parser.parse_args())
