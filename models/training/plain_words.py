"""Pairs out of dictionaries of plain words: a word with what is said of it, words that mean the same, adjectives with the nouns that
they belong to ("hepatic", "liver"). Where a word is a name in the release, its explanation goes with the concept's names in every
language too, and with its definition. Standard library only."""
from __future__ import annotations

import random
import re
from collections import defaultdict

from pairs import WORDS, Pair
from perturb import perturb
from release import fold
from texts import first_words
from wordnet import Synset

KINDS = {"gloss": 0.44, "synonym": 0.2, "similar": 0.04, "pertains": 0.06, "name": 0.16, "definition": 0.1}
SENSES = 3  # a word of more is too common to say which concept is meant


class PlainWords:
    """Pairs of `pairs.Pairs`, whose release, ban on dev queries and random numbers it shares."""

    def __init__(self, synsets: dict[str, Synset], language: str, pairs):
        self.pairs, self.synsets, self.language = pairs, synsets, language
        senses: dict[str, int] = defaultdict(int)
        for synset in self.synsets.values():
            for word in synset.words:
                senses[fold(word)] += 1
        named: dict[str, set[str]] = defaultdict(set)
        for unit, names in pairs.names.items():
            for name in names:
                if name.lat == language and (form := fold(name.text)) in senses:
                    named[form].add(unit)
        self.keys, self.cumulative, self.units, total = [], [], {}, 0.0
        self.siblings: dict[str, list[str]] = defaultdict(list)
        for key, synset in self.synsets.items():
            units = {u for w in synset.words if senses[fold(w)] <= SENSES and len(named[fold(w)]) <= 3 for u in named[fold(w)]}
            self.units[key] = sorted(units)
            total += synset.weight * (4 if units else 0.1)  # words that name nothing in the release are noise to it
            self.keys.append(key)
            self.cumulative.append(total)
            for above in synset.above or synset.similar:
                self.siblings[above].append(key)

    def numbers(self, start: int) -> dict[str, int]:
        """A number for each synset, after those of the release's concepts: texts of one are never each other's negatives."""
        return {key: start + i for i, key in enumerate(self.keys)}

    def batch(self, size: int, family: int):
        rng, out, taken = self.pairs.rng, [], set()
        while len(out) < size:
            seed = rng.choices(self.keys, cum_weights=self.cumulative)[0]
            above = self.synsets[seed].above or self.synsets[seed].similar
            kin = [k for k in self.siblings[rng.choice(above)] if k != seed] if above else []
            for key in [seed, *rng.sample(kin, min(family - 1, len(kin)))]:
                if len(out) < size and key not in taken and (pair := self.pair(key)):
                    taken.add(key)
                    out.append(pair)
        return out

    def pair(self, key: str):
        rng, synset = self.pairs.rng, self.synsets[key]
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        unit = rng.choice(self.units[key]) if self.units[key] else None
        left, right = self._texts(kind, synset, unit)
        if left is None or right is None:
            left, right = self._gloss(synset.gloss, rng), rng.choice(synset.words)
        left = perturb(left, rng)
        allowed = self.pairs.corpus.allowed
        if not left or fold(left) == fold(right) or not allowed(left) or not allowed(right):
            return None
        return Pair(unit or key, left, right, f"plain {kind}")

    def _texts(self, kind: str, synset: Synset, unit: str | None) -> tuple[str | None, str | None]:
        rng = self.pairs.rng
        if kind == "synonym" and len(synset.words) > 1:
            return tuple(rng.sample(synset.words, 2))
        related = {"similar": synset.similar, "pertains": synset.pertains}.get(kind, ())
        if related and (other := self.synsets.get(rng.choice(related))):
            said = other.words if rng.random() < 0.7 else (other.gloss,)
            return rng.choice(said), rng.choice(synset.words)
        if kind == "name" and unit and (name := self.pairs._name(unit, language=rng.choice(("FRE", "ENG", None)))):
            return self._gloss(synset.gloss, rng), name.text
        if kind == "definition" and unit and (found := self.pairs.definitions[unit]):
            said = self._gloss(synset.gloss, rng) if rng.random() < 0.7 else rng.choice(synset.words)
            return said, first_words(rng.choice(found), WORDS)
        return None, None

    @staticmethod
    def _gloss(gloss: str, rng: random.Random) -> str:
        """The whole, without what stands in brackets, or one of its parts."""
        text = re.sub(r"\([^)]*\)\s*", "", gloss) if rng.random() < 0.6 else gloss
        parts = [p for p in text.split("; ") if len(p.split()) > 1]
        if len(parts) > 1 and rng.random() < 0.6:
            text = rng.choice(parts)
        return first_words(text).strip(" ;,")
