"""Training pairs: two texts of one concept, in batches that hold families of near concepts, so that the hard negatives
come for free. Standard library only; nothing it gives out is a dev query (see Corpus.allowed)."""
from __future__ import annotations

import random
from collections import defaultdict, namedtuple
from functools import lru_cache

import french
import mentions
from corpus import Corpus
from paraphrase import Paraphrases
from perturb import perturb
from release import Name
from release import fold as fold_afresh
from texts import first_words, sentence_parts

Pair = namedtuple("Pair", "group left right kind")

SOURCE_WEIGHT = {"HPO": 2.0, "MEDQUAD": 2.0, "NCIDICT": 2.0, "SYMP": 3.0, "MONDO": 1.3, "ORPHANET": 1.3, "DOID": 1.3,
                 "MSH": 1.6, "UBERON": 1.5, "WIKIDATA": 0.8, "ICD10CM": 0.7, "EFO": 0.7, "CL": 0.7, "PATO": 1.2,
                 "CCAM": 0.6, "GO": 0.3, "DRUGBANK": 0.4, "BDPM": 0.4, "ATC": 0.4, "ADICAP": 0.4, "CHEBI": 0.08}
LANGUAGE_WEIGHT = {"ENG": 1.0, "FRE": 0.9}
OTHER_LANGUAGE = 0.3

# How often each kind of pair comes, where a concept has what it takes
SYNONYM = {"names": 0.57, "definition": 0.13, "rewrite": 0.15, "both": 0.06, "mention": 0.02, "switched": 0.04,
           "findings": 0.03}
KNOWLEDGE = {"names": 0.31, "definition": 0.14, "rewrite": 0.12, "both": 0.07, "mention": 0.04, "parent": 0.03,
             "switched": 0.03, "findings": 0.02, "described": 0.24}
WORDS = 40  # of a definition, as the product encodes it


fold = lru_cache(maxsize=1 << 20)(fold_afresh)


class Pairs:
    french: dict[str, str] = {}  # of definitions; pairs are made of them where there are any (`--french`)

    def __init__(self, corpus: Corpus, kinds: dict[str, float], seed: int):
        self.corpus, self.kinds = corpus, kinds
        self.rng = random.Random(seed)
        size: dict[str, int] = defaultdict(int)
        for group in corpus.group.values():
            size[group] += 1
        # a chain of equal names that runs through many concepts is no concept: there each stands for itself
        self.unit = {cui: group if size[group] <= 6 else cui for cui, group in corpus.group.items()}
        self.names: dict[str, list[Name]] = defaultdict(list)
        self.definitions: dict[str, list[str]] = defaultdict(list)
        self.near: dict[str, set[str]] = defaultdict(set)
        for cui, unit in self.unit.items():
            self.names[unit] += corpus.names[cui]
            self.definitions[unit] += corpus.definitions.get(cui, ())
            self.near[unit].update(self.unit[p] for p in corpus.parents.get(cui, ()))
            self.near[unit].update(self.unit[c] for c in corpus.children.get(cui, ())[:40])
        forms = {u: {fold(n.text) for n in found} for u, found in self.names.items()}
        self.mentions = mentions.find(corpus)
        self.within = mentions.by_definition(self.mentions)
        self.paraphrases = Paraphrases(corpus.names)
        self.mined: dict[str, list[str]] = {}
        self.units, self.weights = [], []
        for unit in sorted(self.names):
            rich = min(len(forms[unit]) - 1, 8) + 2 * bool(self.definitions[unit])
            if rich:
                source = max(SOURCE_WEIGHT.get(n.sab, 0.5) for n in self.names[unit])
                self.units.append(unit)
                self.weights.append(source * rich ** 0.5)
        self.usable = set(self.units)
        self.accumulate()

    def accumulate(self) -> None:
        total, self.cumulative = 0.0, []
        for w in self.weights:
            total += w
            self.cumulative.append(total)

    def _name(self, unit: str, other_than: str | None = None, language: str | None = None) -> Name | None:
        found = [n for n in self.names.get(unit, ()) if (language is None or n.lat == language)]
        if other_than is not None:
            found = [n for n in found if fold(n.text) != other_than]
        if not found:
            return None
        by_language: dict[str, list[Name]] = defaultdict(list)
        for n in found:
            by_language[n.lat].append(n)
        keys = sorted(by_language)
        key = self.rng.choices(keys, [LANGUAGE_WEIGHT.get(k, OTHER_LANGUAGE) for k in keys])[0]
        return self.rng.choice(by_language[key])

    def _definition(self, unit: str) -> str | None:
        found = self.definitions[unit]
        if not found:
            return None
        return self._part(self.rng.choice(found), 0.6, 0.3)

    def _part(self, text: str, part: float, run: float) -> str:
        """The beginning of a text or, in a `part` of the cases, of its first sentence or (`run` of those) of a run of words."""
        if self.rng.random() < part:
            text = sentence_parts(text, self.rng) if self.rng.random() < run else text.split(". ")[0]
        return first_words(text)

    def _switched(self, unit: str) -> str | None:
        """A definition with French names in the place of what it mentions: the release defines in English alone, while
        French explanations are asked for."""
        found = [d for d in self.definitions[unit] if d in self.within]
        if not found:
            return None
        text, at, out = self.rng.choice(found), 0, []
        for start, end, other in self.within[text]:
            name = self._name(other, language="FRE")
            if name and start >= at:
                out += [text[at:start], name.text.lower()]
                at = end
        return first_words("".join(out) + text[at:]) if out else None

    def _in_french(self, unit: str) -> str | None:
        """A definition in rough French (`french.py`), with French names where it has places for them."""
        found = [self.french[d] for d in self.definitions[unit] if d in self.french]
        if not found:
            return None
        text = french.with_names(self.rng.choice(found), lambda other: self._name(other, language="FRE"))
        return self._part(text, 0.7, 0.4)

    def _findings(self, unit: str) -> str | None:
        """What a definition mentions, as a list and mostly in French: so do running texts explain a term."""
        found = [d for d in self.definitions[unit] if len(self.within.get(d, ())) > 1]
        if not found:
            return None
        language = "FRE" if self.rng.random() < 0.7 else "ENG"
        others = list(dict.fromkeys(other for _, _, other in self.within[self.rng.choice(found)]))
        names = [n.text.lower() for other in others if (n := self._name(other, language=language))]
        above = [n.text for u in sorted(self.near[unit])[:6] if (n := self._name(u, language=language))]
        if above and self.rng.random() < 0.5:
            names.insert(0, self.rng.choice(above).lower())
        return self.rng.choice((", ", " , ", " , ", " et " if language == "FRE" else " and ")).join(names[:5]) \
            if len(names) > 1 else None

    def _described(self, unit: str) -> tuple[str, str] | None:
        """What somebody may say in the place of a concept's name, and a definition of it as the product keeps it."""
        found, rng = self.definitions[unit], self.rng
        if not found:
            return None
        text, left = rng.choice(found), None
        others = [d for d in found if d != text]
        draw = rng.random()
        if draw < 0.4 and others:
            other = rng.choice(others)
            left = sentence_parts(other, rng) if rng.random() < 0.6 else first_words(other)
        elif draw < 0.55:
            left = self._in_french(unit) or self._switched(unit)
        elif draw < 0.68:
            left = self._findings(unit)
        elif draw < 0.78 and (name := self._name(unit, language="ENG")):
            left = self.paraphrases.rewrite(name.text, name.lat, rng, rng.choice((1, 2)))
        elif draw < 0.9:  # the definition itself, with holes: what is alike in meaning seldom has the same words
            left = " ".join(w for w in sentence_parts(text, rng).split() if rng.random() < 0.6)
        left = left or ((name := self._name(unit)) and name.text)
        return left and (left, first_words(text, WORDS))

    def pair(self, unit: str) -> Pair | None:
        rng = self.rng
        kind = rng.choices(list(self.kinds), list(self.kinds.values()))[0]
        right = self._name(unit)
        if right is None:
            return None
        left = None
        if kind == "described":
            if found := self._described(unit):
                asked, text = perturb(found[0], rng), found[1]
                return Pair(unit, asked, text, kind) if self.corpus.allowed(asked) and self.corpus.allowed(text) else None
        if kind == "definition":
            left = self._definition(unit)
        elif kind == "french" and self.french:
            left = self._in_french(unit)
            if left and rng.random() < 0.5:
                right = self._name(unit, language="FRE") or right
        elif kind == "both":  # as an alignment asks: a term with its explanation
            name, text = self._name(unit), self._definition(unit)
            if text:
                left = rng.choice(["{} {}", "{}: {}", "{}, {}", "{} ({})"]).format(name.text, text)
        elif kind == "rewrite":
            name = self._name(unit, language="ENG" if rng.random() < 0.8 else None)
            left = name and self.paraphrases.rewrite(name.text, name.lat, rng, rng.choice((1, 1, 2)))
        elif kind == "mention":
            found = self.mentions.get(unit)
            if found:
                left = mentions.marked(*rng.choice(found))
        elif kind == "switched":
            left = self._switched(unit)
        elif kind == "findings":
            left = self._findings(unit)
        elif kind == "parent":
            above = [u for u in sorted(self.near[unit]) if u in self.usable]
            left = (n := self._name(rng.choice(above))) and n.text if above else None
            if left:
                left = f"{left}, {self._definition(unit) or right.text}"
        if left is None:
            kind = "names"
            other = self._name(unit, other_than=fold(right.text))
            if other is None:
                left = self._definition(unit) or self.paraphrases.rewrite(right.text, right.lat, rng)
                if left is None:
                    return None
            else:
                left = other.text
        left, text = perturb(left, rng), right.text if rng.random() < 0.6 else perturb(right.text, rng)
        if not left or not text or not self.corpus.allowed(left) or not self.corpus.allowed(text):
            return None
        return Pair(unit, left, text, kind)

    def relatives(self, unit: str, n: int) -> list[str]:
        """Concepts that are hard to tell from this one: mined with the model where that was done, else kin."""
        found = [u for u in self.mined.get(unit, ()) if u in self.usable]
        self.rng.shuffle(found)
        if self.rng.random() < 0.25:  # kin are hard in another way than what the model takes for near
            found = []
        if len(found) < n:
            kin = sorted(self.near[unit])
            if kin:
                siblings = sorted(self.near[self.rng.choice(kin)])
                kin = kin + siblings[:60]
            kin = [u for u in kin if u in self.usable and u != unit and u not in found]
            self.rng.shuffle(kin)
            found += kin
        return list(dict.fromkeys(found))[:n]

    def batch(self, size: int, family: int) -> list[Pair]:
        """Families of up to so many near concepts, one pair each."""
        out: list[Pair] = []
        taken: set[str] = set()
        while len(out) < size:
            seed = self.rng.choices(self.units, cum_weights=self.cumulative)[0]
            for unit in [seed, *self.relatives(seed, family - 1)]:
                if unit not in taken and len(out) < size:
                    pair = self.pair(unit)
                    if pair:
                        taken.add(unit)
                        out.append(pair)
        return out
