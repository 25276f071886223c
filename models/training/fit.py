"""The training loop that both encoders share; train_synonym.py and train_knowledge.py set what differs."""
from __future__ import annotations

import argparse
import hashlib
import json
import os
import pickle
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

import french
import littre
import release as rrf
import wordnet
from contrast import Memory, contrastive, towards
from corpus import Corpus
from encoder import CPU_BFLOAT16, Encoder, Packed, device_for, load_tokenizer, pack, tokenize
from evaluate import DevIndex, encode, report, show
from feed import Feed, seeded
from pairs import Pairs, fold
from plain_words import PlainWords
from training import Run, optimizer_for


RESERVE = 12  # seconds of a budget kept for the last dev figures and the last save


def arguments(description: str, **defaults) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, help="checkpoint folder to start from")
    parser.add_argument("--name", help="name of the run: files go to OUT/NAME")
    parser.add_argument("--release", type=Path, default=rrf.DEFAULT_RELEASE)
    parser.add_argument("--queries", type=Path, default=rrf.DEFAULT_QUERIES, help="dev sets, to be kept out of training")
    parser.add_argument("--out", type=Path, default=rrf.HERE / "out")
    parser.add_argument("--pairs", type=Path, help="pairs made ready elsewhere, in place of the release and the dev sets")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seconds", type=float, default=0, help="run for so long, all told, in place of --steps")
    parser.add_argument("--points", type=int, default=6, help="with --seconds: how often to take dev figures and save")
    parser.add_argument("--mines", type=int, default=3, help="with --seconds: how often to mine hard negatives")
    parser.add_argument("--most", type=int, default=0 if torch.cuda.is_available() else 60000,
                        help="how many concepts to mine for; 0: all")
    parser.add_argument("--workers", type=int, default=0, help="processes that make batches; 0: in this one")
    parser.add_argument("--batch", type=int, default=192, help="pairs a step")
    parser.add_argument("--family", type=int, default=4, help="near concepts put side by side in a batch")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--temperature", type=float, default=0.05)
    parser.add_argument("--memory", type=int, default=12288, help="earlier names kept as negatives")
    parser.add_argument("--limit", type=int, default=48, help="tokens of a text in training")
    parser.add_argument("--average", type=float, default=0.998)
    parser.add_argument("--mine", type=int, default=0, help="mine hard negatives afresh every so many steps; 0: never")
    parser.add_argument("--evaluate", type=int, default=500, help="dev figures every so many steps")
    parser.add_argument("--share", type=float, default=0.1, help="part of the dev index used while training")
    parser.add_argument("--per-set", type=int, default=250, help="queries of each dev set used while training; 0: all")
    parser.add_argument("--say", type=int, default=20, help="a line every so many steps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="1 for the same figures each time")
    parser.add_argument("--kind", action="append", default=[], metavar="NAME=SHARE",
                        help="another share of a kind of pairs than pairs.py gives it")
    parser.add_argument("--stay", action="store_true",
                        help="names stay where the start checkpoint has them, and the other texts come to them")
    parser.add_argument("--wordnet", type=Path, help="folder of WordNet's files (wordnet.py)")
    parser.add_argument("--littre", type=Path, help="folder of Littré's files (littre.py)")
    parser.add_argument("--french", type=Path, help="file of definitions in French (french.py), for pairs of the kind french")
    parser.add_argument("--plain", type=float, default=0.2, help="part of a batch that comes from each of these dictionaries")
    parser.add_argument("--resume", action="store_true")
    parser.set_defaults(**defaults)
    return parser.parse_args()


def quick_index(args) -> DevIndex | None:
    if not (args.out / "dev-index.tsv").exists():
        print("no dev index (run dev_index.py): training without dev figures", flush=True)
        return None
    return DevIndex(args.out, args.share, per_set=args.per_set)


def load_pairs(args, kinds: dict[str, float]) -> Pairs:
    """Reading and indexing takes minutes, so the result is kept in OUT, under a key of all that it depends on."""
    cache = args.pairs or args.out / f"pairs-{pairs_key(args)}.pickle"
    if cache.exists():
        with open(cache, "rb") as stored:
            pairs = pickle.load(stored)
    else:
        pairs = Pairs(Corpus(args.release, args.queries), kinds, args.seed)
        cache.parent.mkdir(parents=True, exist_ok=True)
        with open(cache.with_suffix(".new"), "wb") as out:
            pickle.dump(pairs, out, protocol=5)
        cache.with_suffix(".new").replace(cache)
    pairs.kinds, pairs.rng, pairs.mined = kinds, seeded(args.seed, 0), {}
    return pairs


def pairs_key(args) -> str:
    key = hashlib.sha256()
    for path in [args.release, *sorted(args.queries.glob("*.tsv"))]:
        key.update(f"{path.resolve()} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    for module in ("release", "corpus", "pairs", "mentions", "paraphrase", "texts"):
        key.update((rrf.HERE / f"{module}.py").read_bytes())
    return key.hexdigest()[:12]


class Batch(NamedTuple):
    """Left texts, then right ones; the concept of each pair as a number; the right ones alone, where they are to stay."""
    texts: Packed
    owner: np.ndarray
    right: Packed | None


class Near:
    """The table of near concepts, mined with the model. It goes through a file, for the workers to take up."""

    def __init__(self, folder: Path, units: list[str], fresh: bool):
        self.path = folder.with_name(folder.name + ".near.npy")
        if fresh:
            self.path.unlink(missing_ok=True)
        self.units, self.seen, self.forms = units, None, {}

    def refresh(self, pairs: Pairs) -> None:
        if not self.path.exists() or (stamp := self.path.stat().st_mtime_ns) == self.seen:
            return
        self.seen, table = stamp, np.load(self.path).tolist()
        pairs.mined = {own: [self.units[j] for j in row if j >= 0] for own, row in zip(self.units, table)}

    @torch.no_grad()
    def mine(self, encoder: Encoder, pairs: Pairs, most: int) -> int:
        """The nearest other concepts of each, by one name each; those that share a name count as the same."""
        units = self.units
        if most and len(units) > most:  # as many as time allows
            units = sorted(set(pairs.rng.choices(pairs.units, cum_weights=pairs.cumulative, k=3 * most)))[:most]
        where = np.array([pairs.number[u] for u in units])
        for u in units:
            if u not in self.forms:
                self.forms[u] = {fold(n.text) for n in pairs.names[u]}
        forms = [self.forms[u] for u in units]
        vectors = encoder.encode_ids(encoder.tokenize([pairs._name(u).text for u in units], 32))
        vectors = vectors if encoder.device.type == "cuda" else vectors.float()
        table = np.full((len(self.units), 8), -1, np.int32)
        for at in range(0, len(units), 2048):
            top = (vectors[at:at + 2048] @ vectors.T).topk(13, dim=1).indices.tolist()
            for i, row in enumerate(top, at):
                kept = [j for j in row if j != i and forms[j].isdisjoint(forms[i])][:8]
                table[where[i], :len(kept)] = where[kept]
        fresh = self.path.with_suffix(".new.npy")
        np.save(fresh, table)
        os.replace(fresh, self.path)
        return len(units)


def fit(args, kinds: dict[str, float], what: str) -> None:
    began = time.time()
    kinds = kinds | {name: float(share) for name, share in (given.split("=") for given in args.kind)}
    device = device_for(args.threads)
    torch.manual_seed(args.seed)
    folder = args.out / args.name
    folder.parent.mkdir(parents=True, exist_ok=True)

    def log(text: str) -> None:
        print(f"[{time.time() - began:7.1f} s] {text}", flush=True)

    log(json.dumps({k: str(v) for k, v in vars(args).items()}))
    pairs = load_pairs(args, kinds)
    pairs.number = {u: i for i, u in enumerate(sorted(pairs.names, key=lambda u: (u not in pairs.usable, u)))}
    log(f"{len(pairs.units)} concepts, {sum(map(len, pairs.names.values()))} names")
    if args.french:
        pairs.french = french.read(args.french)
        log(f"{len(pairs.french)} definitions in French")
    dictionaries = [PlainWords(read(folder), language, pairs) for folder, read, language in
                    ((args.wordnet, wordnet.read, "ENG"), (args.littre, littre.read, "FRE")) if folder]
    for plain in dictionaries:
        pairs.number |= plain.numbers(len(pairs.number))
        log(f"{len(plain.keys)} senses, {sum(map(bool, plain.units.values()))} of them with a name of the release")
    near = Near(folder, pairs.units, fresh=not args.resume)
    begin_at = [0]

    def batches(worker: int):
        tokenizer = load_tokenizer(args.start)
        pairs.rng = seeded(args.seed, worker, begin_at[0]) if args.workers else pairs.rng
        while True:
            near.refresh(pairs)
            plainly = [p for plain in dictionaries for p in plain.batch(round(args.plain * args.batch), args.family)]
            found = pairs.batch(args.batch - len(plainly), args.family) + plainly
            ids = tokenize(tokenizer, [p.left for p in found] + [p.right for p in found], args.limit)
            yield Batch(pack(ids), np.array([pairs.number[p.group] for p in found]),
                        pack(ids[len(found):]) if args.stay else None)

    path = folder.with_name(folder.name + ".state.pt")
    if args.resume and args.workers and path.exists():
        begin_at[0] = torch.load(path, map_location="cpu")["step"]
    feed = Feed(batches, args.workers)  # before the GPU is touched: its state does not outlive a fork
    encoder = Encoder(args.start, device=device)
    encoder.bfloat16 |= CPU_BFLOAT16
    start_encoder = Encoder(args.start, device=device) if args.stay else None
    optimizer = optimizer_for(encoder, args.rate)
    memory = Memory(args.memory, encoder.model.config.hidden_size, device) if args.memory else None
    index = quick_index(args)
    left = args.seconds and args.seconds - (time.time() - began) - RESERVE
    run = Run(folder, encoder, optimizer, args.steps, args.rate, warmup=max(20 / args.steps, 0.05), average=args.average,
              seconds=left)
    start = run.resume() if args.resume else 0
    if start:
        pairs.rng.setstate(run.extra["rng"])
        if memory:
            memory.load(run.extra["memory"])
    if args.seconds:
        run.every = float("inf")  # what is saved with the dev figures is what such a run leaves

    def dev(step: int) -> None:
        if index is None:
            return
        table = report(index, [what], index.ranks([encode(encoder, index)]))
        log(f"dev at {step}\n{show(table)}")

    def save(step: int) -> None:
        encoder.save(folder, f"run {args.name}, {step} steps of {args.batch} pairs; averaged weights\n"
                             "mean pooling, unit length, no prefix\n" + json.dumps({k: str(v) for k, v in vars(args).items()}),
                     half=bool(args.seconds))

    def turn(step: int, steps: int, times: int) -> int:
        """How many times something that comes every so many steps, or so many times in all, has come due."""
        return int(run.progress(step) * times) if args.seconds else step // steps if steps else 0

    def state() -> dict:
        return {"rng": pairs.rng.getstate(), "memory": memory and memory.state()}

    if not start:
        dev(0)
        run.began = time.time()
        if args.seconds:
            run.seconds = args.seconds - (time.time() - began) - RESERVE
    losses, tokens, lap, step = [], 0, time.time(), start
    mined, taken = (0 if start or not args.seconds or not args.mines else -1), turn(start, args.evaluate, args.points)
    while run.progress(step) < 1:
        if (due := turn(step, args.mine, args.mines)) > mined:
            mined, since = due, time.time()
            log(f"mined near concepts of {near.mine(encoder, pairs, args.most)} "
                f"in {time.time() - since:.1f} s")
        batch = next(feed)
        vectors = encoder(batch.texts)
        n = len(batch.owner)
        owner = torch.from_numpy(batch.owner).to(device, non_blocking=True)
        if start_encoder:
            with torch.no_grad():
                kept = start_encoder(batch.right)
            loss = towards(vectors, kept, owner, memory, args.temperature)
        else:
            kept = vectors[n:]
            loss = contrastive(vectors[:n], kept, owner, memory, args.temperature)
        if run.due():
            run.extra = state()
        run.step(loss, step)
        if memory is not None:
            memory.add(kept, owner)
        losses.append(loss.detach())
        tokens += len(batch.texts.tokens)
        step += 1
        if step % args.say == 0:
            mean = torch.stack(losses).mean().item()
            spent = time.time() - lap
            log(f"step {step} loss {mean:.4f} {tokens / spent:.0f} tokens/s {len(losses) * n / spent:.0f} pairs/s "
                f"{feed.waiting()} batches wait, rate {run.scheduled(step):.2e}")
            losses, tokens, lap = [], 0, time.time()
        ended = run.progress(step) >= 1
        if (due := turn(step, args.evaluate, args.points)) > taken or ended:
            taken = due
            with run.averaged():
                save(step)
                dev(step)
            if not args.seconds:
                run.extra = state()
                run.checkpoint(step)
            losses, tokens, lap = [], 0, time.time()
    feed.close()
    if device == "cuda":
        log(f"most memory of the GPU: {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
