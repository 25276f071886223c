"""A table of phrases that stand for each other, mined from the names alone: where two names of a concept differ in one run
of words, the runs are taken for paraphrases ("clavicle" / "collarbone", "renal" / "of the kidney"). What many concepts
bear out is kept, and used to write new names for a concept. Standard library only."""
from __future__ import annotations

import random
import re
from collections import Counter, defaultdict

from release import Name

_token = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|\S")
_numeral = re.compile(r"[ivx]+[abc]?|type|types|adult|adults|child|children|infant|male|female|left|right|ii+")
LONGEST = 4  # words in a run


def tokens(text: str) -> list[str]:
    return _token.findall(text.lower().replace("’", "'"))


def difference(a: list[str], b: list[str]) -> tuple[str, str] | None:
    """The one run in which two token lists differ, None where nothing is in common or too much differs."""
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    x, y = a[head:len(a) - tail], b[head:len(b) - tail]
    if head + tail == 0 or not x or not y or len(x) > LONGEST or len(y) > LONGEST:
        return None
    if not all(w[0].isalpha() and len(w) > 1 and not _numeral.fullmatch(w) for w in x + y):
        return None
    return " ".join(x), " ".join(y)


class Paraphrases:
    def __init__(self, concepts: dict[str, list[Name]], least: int = 3, most: int = 8):
        counts: dict[str, Counter] = defaultdict(Counter)
        seen_in: dict[str, Counter] = defaultdict(Counter)
        for found in concepts.values():
            by_language: dict[str, set[tuple[str, ...]]] = defaultdict(set)
            for name in found:
                if name.sab not in ("CHEBI", "DRUGBANK", "BDPM", "ATC", "GO") and len(name.text) < 90 \
                        and not (name.sab == "MEDQUAD" and " - " in name.text):
                    by_language[name.lat].add(tuple(tokens(name.text)))
            for language, forms in by_language.items():
                forms = sorted(forms)[:14]
                pairs = set()
                for i, a in enumerate(forms):
                    for b in forms[i + 1:]:
                        pair = difference(list(a), list(b))
                        if pair:
                            pairs.add(pair)
                            pairs.add(pair[::-1])
                for a, b in pairs:
                    counts[language][a, b] += 1
                for phrase in {a for a, _ in pairs}:
                    seen_in[language][phrase] += 1
        self.table: dict[str, dict[str, list[tuple[str, int]]]] = {}
        for language, found in counts.items():
            table: dict[str, list[tuple[str, int]]] = defaultdict(list)
            for (a, b), n in found.most_common():
                common = n >= least and n >= 0.02 * seen_in[language][a] and len(table[a]) < most
                if common and a != b and not a.isdigit() and not b.isdigit() and len(a) > 1 and len(b) > 1:
                    table[a].append((b, n))
            self.table[language] = dict(table)

    def rewrite(self, text: str, language: str, rng: random.Random, changes: int = 1) -> str | None:
        """The text with up to so many of its phrases replaced; None where the table knows none of them."""
        table = self.table.get(language)
        if not table:
            return None
        words = tokens(text)
        done = False
        for _ in range(changes):
            places = []
            for n in range(1, LONGEST + 1):
                for at in range(len(words) - n + 1):
                    phrase = " ".join(words[at:at + n])
                    if phrase in table and n < len(words):
                        places.append((at, n, phrase))
            if not places:
                break
            at, n, phrase = rng.choices(places, [p[1] * (2 if len(p[2]) > 4 else 1) for p in places])[0]
            options = table[phrase]
            fresh = rng.choices(options, [count ** 0.5 for _, count in options])[0][0]
            words[at:at + n] = fresh.split(" ")
            done = True
        if not done or words == tokens(text):
            return None
        out = " ".join(words)
        return re.sub(r" ?([-/']) ?", r"\1", out).replace(" ,", ",").replace("( ", "(").replace(" )", ")")
