"""The mixture of texts for distillation: names by language, and whole or partial sentences of definitions, which are the
nearest thing to lay wording that the release holds. Standard library only."""
from __future__ import annotations

import random

from corpus import Corpus

CLINICAL = {"HPO", "MONDO", "DOID", "ORPHANET", "MSH", "NCIDICT", "MEDQUAD", "SYMP", "UBERON", "WIKIDATA", "ICD10CM",
            "CCAM", "EFO", "CL", "PATO"}


def first_words(text: str, n: int = 32) -> str:
    return " ".join(text.split()[:n])


def sentence_parts(text: str, rng: random.Random) -> str:
    """A sentence of a definition, or a run of 3 to 14 words out of it."""
    sentences = [s.strip() for s in text.replace("! ", ". ").split(". ") if len(s) > 15]
    sentence = rng.choice(sentences) if sentences else text
    words = sentence.split()
    if len(words) > 6 and rng.random() < 0.5:
        n = rng.randint(3, min(14, len(words)))
        at = rng.randint(0, len(words) - n)
        words = words[at:at + n]
    return " ".join(words[:40]).strip(" .,;:()")


def mixture(corpus: Corpus, rng: random.Random, shares: dict[str, float], english: bool = False):
    """Endless pairs of a text and what the teacher reads in its place: the same text, or where the teacher knows English
    alone an English name of the concept. shares: language codes, OTHER and DEF, with how often each comes."""
    pools: dict[str, list[tuple[str, str | None]]] = {key: [] for key in shares}
    for cui, found in corpus.names.items():
        for name in found:
            if name.sab in CLINICAL or rng.random() < 0.15:
                key = name.lat if name.lat in pools else "OTHER"
                if key in pools:
                    pools[key].append((name.text, cui))
    if "DEF" in pools:
        pools["DEF"] = [(d, None) for cui, found in corpus.definitions.items() for d in found
                        if not d.startswith("A ") or rng.random() < 0.5]
    keys = sorted(k for k in pools if pools[k])
    weights = [shares[k] for k in keys]
    while True:
        key = rng.choices(keys, weights)[0]
        text, cui = rng.choice(pools[key])
        read = None
        if key == "DEF":
            text = sentence_parts(text, rng)
        elif english and key != "ENG":
            names = [n.text for n in corpus.names[cui] if n.lat == "ENG"]
            if not names:
                continue
            read = rng.choice(names)
        if key != "DEF" and rng.random() < 0.3:
            text = text.lower()
        read = read or text
        if text and corpus.allowed(text) and corpus.allowed(read):
            yield text, read
