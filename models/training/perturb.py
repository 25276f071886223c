"""Small damage, as people type: case, accents, plurals, word order, punctuation, typing slips. Standard library only."""
from __future__ import annotations

import random
import unicodedata

KEYS = {"a": "qsz", "e": "wrd", "i": "uo", "o": "ip", "u": "yi", "s": "ad", "t": "ry", "n": "bm", "r": "et", "l": "k"}


def strip_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def slip(text: str, rng: random.Random) -> str:
    """One typing slip in a word of at least five letters."""
    places = [i for i in range(1, len(text) - 1) if text[i - 1:i + 2].isalpha()]
    if len(places) < 4:
        return text
    i = rng.choice(places)
    kind = rng.random()
    if kind < 0.3:
        return text[:i] + text[i + 1:]
    if kind < 0.55:
        return text[:i] + text[i + 1] + text[i] + text[i + 2:]
    if kind < 0.75:
        return text[:i] + text[i] + text[i:]
    return text[:i] + rng.choice(KEYS.get(text[i].lower(), "aeiou")) + text[i + 1:]


def plural(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    i = rng.randrange(len(words))
    if len(words[i]) > 4 and words[i].isalpha():
        words[i] = words[i][:-1] if words[i].endswith("s") and not words[i].endswith("ss") else words[i] + "s"
    return " ".join(words)


def reorder(text: str, rng: random.Random) -> str:
    if ", " in text:
        head, _, tail = text.partition(", ")
        return f"{tail} {head}"
    words = text.split(" ")
    if 2 <= len(words) <= 5:
        at = rng.randrange(1, len(words))
        return f"{' '.join(words[at:])}, {' '.join(words[:at])}" if rng.random() < 0.5 else text
    return text


def perturb(text: str, rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.30:
        text = text.lower()
    elif draw < 0.33:
        text = text.upper()
    elif draw < 0.37:
        text = text[:1].upper() + text[1:]
    draw = rng.random()
    if draw < 0.06:
        text = strip_accents(text)
    elif draw < 0.10:
        text = plural(text, rng)
    elif draw < 0.14:
        text = reorder(text, rng)
    elif draw < 0.18:
        text = slip(text, rng)
    elif draw < 0.20:
        text = text.replace("-", " ").replace("(", "").replace(")", "")
    return text
