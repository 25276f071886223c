"""Makes the scores of a Unigram tokenizer strict: where a piece scores what its best split into other pieces does, rounding
decided which of the two a word gets, and another implementation, or the word before it, decided otherwise. Each such piece is
put MARGIN above or below its split, as the tokenizer that the encoder was trained with cuts the piece now.

    python3 strict_pieces.py --tokenizer …/tokenizer.json --to …/tokenizer.json [--texts FILE.json]

FILE: texts (a JSON list). Says how many ties there were, and how many of the texts have other ids than before."""
from __future__ import annotations

import argparse
import json
from pathlib import Path

from tokenizers import Tokenizer

MARGIN = 1e-3  # far above what float32 sums of some twenty scores round off, far below what tells two ways apart
TIE = 1e-6
AT_ONCE = 5000


def best_split(piece: str, scores: dict[str, float]) -> float:
    """The best sum of scores of ways to cut a piece into two or more; minus infinity where there is none."""
    best = [0.0] + [float("-inf")] * len(piece)
    for end in range(1, len(piece) + 1):
        for start in range(end):
            if end - start < len(piece) and (score := scores.get(piece[start:end])) is not None:
                best[end] = max(best[end], best[start] + score)
    return best[-1]


def tied(entries: list, margin: float = TIE) -> list[int]:
    """Places of the pieces that score what a split of themselves does."""
    scores = dict(map(tuple, entries))
    return [i for i, (piece, score) in enumerate(entries) if len(piece) > 1 and abs(score - best_split(piece, scores)) < margin]


def strict(entries: list, wins: dict[str, bool]) -> list:
    """The same pieces, each of `wins` MARGIN above (true) or below its best split; shorter pieces first, since longer ones
    are split into them."""
    scores = dict(map(tuple, entries))
    for piece in sorted(wins, key=len):
        scores[piece] = best_split(piece, scores) + (MARGIN if wins[piece] else -MARGIN)
    return [[piece, scores[piece]] for piece, _ in entries]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--texts", type=Path)
    args = parser.parse_args()
    text = args.tokenizer.read_text(encoding="utf-8")
    spec, before = json.loads(text), Tokenizer.from_str(text)
    entries = spec["model"]["vocab"]
    ties = [entries[i][0] for i in tied(entries)]
    wins = {piece: [t.value for t in before.model.tokenize(piece)] == [piece] for piece in ties}
    print(f"{len(ties)} pieces tie with a split of themselves; {sum(wins.values())} of them come out whole")
    spec["model"]["vocab"] = strict(entries, wins)
    after = Tokenizer.from_str(json.dumps(spec, ensure_ascii=False))
    texts, differ = json.loads(args.texts.read_text(encoding="utf-8")) if args.texts else [], 0
    for at in range(0, len(texts), AT_ONCE):
        part = texts[at:at + AT_ONCE]
        differ += sum(a.ids != b.ids for a, b in zip(before.encode_batch(part), after.encode_batch(part)))
    args.to.write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{args.to}: {len(tied(spec['model']['vocab']))} ties left; {differ} of {len(texts)} texts have other ids")


if __name__ == "__main__":
    main()
