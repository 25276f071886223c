"""Pairs as columns that compress well, and back. Names that training can't use (one name, no definition) and that a
chemical source alone carries are left behind. Standard library only."""
from __future__ import annotations

import pickle
from array import array
from collections import defaultdict

import mentions
from corpus import Corpus
from pairs import Pairs
from paraphrase import Paraphrases
from release import Name


def dump(pairs: Pairs) -> bytes:
    kept = [u for u in sorted(pairs.names)
            if u in pairs.usable or any(n.sab not in ("CHEBI", "DRUGBANK") for n in pairs.names[u])]
    at = {u: i for i, u in enumerate(kept)}
    rows = [(u, n) for u in kept for n in pairs.names[u]]
    defined = [(cui, d) for cui, found in pairs.corpus.definitions.items() if pairs.unit.get(cui) in at for d in found]
    place = {}
    for i, (_, text) in enumerate(defined):
        place.setdefault(text, i)
    spans = sorted((place[text], start, end, at[group]) for group, found in pairs.mentions.items() if group in at
                   for text, start, end in found if text in place)
    store = {
        "units": "\n".join(kept),
        "usable": array("i", (at[u] for u in pairs.units)),
        "weights": array("f", pairs.weights),
        "of": array("i", (at[u] for u, _ in rows)),
        **{field: "\n".join(getattr(n, field) if field != "cui" or n.cui != u else "" for u, n in rows)
           for field in ("cui", "text", "lat", "sab", "tty")},
        "defined": "\n".join(cui for cui, _ in defined),
        "definitions": "\n".join(text for _, text in defined),
        "near": "\n".join(" ".join(str(at[v]) for v in sorted(pairs.near[u]) if v in at) for u in kept),
        "spans": [array("i", column) for column in zip(*spans)],
        "paraphrases": pairs.paraphrases.table,
        "banned": sorted(pairs.corpus.banned),
    }
    return pickle.dumps(store, protocol=5)


def load(content: bytes) -> Pairs:
    store = pickle.loads(content)
    lines = {key: value.split("\n") for key, value in store.items() if isinstance(value, str)}
    units = lines["units"]
    pairs, corpus = Pairs.__new__(Pairs), Corpus.__new__(Corpus)
    pairs.corpus, corpus.banned = corpus, set(store["banned"])
    corpus.names, corpus.definitions = defaultdict(list), defaultdict(list)
    pairs.names, pairs.definitions, pairs.unit = defaultdict(list), defaultdict(list), {}
    share: dict[str, str] = {}
    for i, cui, text, lat, sab, tty in zip(store["of"], *(lines[k] for k in ("cui", "text", "lat", "sab", "tty"))):
        unit = units[i]
        name = Name(cui or unit, text, *(share.setdefault(x, x) for x in (lat, sab, tty)), "0")
        pairs.names[unit].append(name)
        corpus.names[name.cui].append(name)
        pairs.unit[name.cui] = unit
    for cui, text in zip(lines["defined"], lines["definitions"]):
        corpus.definitions[cui].append(text)
        pairs.definitions[pairs.unit[cui]].append(text)
    pairs.near = defaultdict(set)
    for unit, line in zip(units, lines["near"]):
        pairs.near[unit] = {units[int(i)] for i in line.split()}
    found = defaultdict(list)
    for i, start, end, unit in zip(*store["spans"]):
        found[units[unit]].append((lines["definitions"][i], start, end))
    pairs.mentions = dict(found)
    pairs.within = mentions.by_definition(pairs.mentions)
    pairs.paraphrases = Paraphrases.__new__(Paraphrases)
    pairs.paraphrases.table = store["paraphrases"]
    pairs.units, pairs.weights = [units[i] for i in store["usable"]], list(store["weights"])
    pairs.usable, pairs.mined = set(pairs.units), {}
    pairs.kinds, pairs.rng = {}, None
    pairs.accumulate()
    return pairs
