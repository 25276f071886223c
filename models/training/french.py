"""French explanations out of the release's English definitions, by Apertium's rules over Catalan (Debian: apertium, apertium-eng-cat,
apertium-fra-cat). The grammar is rough and the words are everyday ones, which is what queries have and the release has not. What is a
name of a concept of several words, or of words that the rules do not know, keeps its place for a French name to be put in.

`python3 french.py --out OUT --to french.tsv`: a definition, a tab, its French with `{UNIT|words}` in such places."""
from __future__ import annotations

import argparse
import random
import re
import subprocess
from pathlib import Path
from typing import Callable

import release as rrf
from texts import CLINICAL, first_words

MODES = ("eng-cat", "cat-fra")
SMALL = {"a", "an", "and", "or", "of", "the", "in", "to", "with", "by", "no", "not", "other"}  # no name begins like that
_PLACE = re.compile(r"\**Xq(\d+)z", re.IGNORECASE)
_UNKNOWN = re.compile(r"\*([^\W\d_]{3,})")
_RELATIVE = re.compile(r"(?<=[a-z]) that (?=(?:is|are|was|were|has|have|can|may|results?|occurs?|affects?|causes?|lines?)\b)")


def apertium(lines: list[str]) -> list[str]:
    """Lines in French, in their order; words that the rules do not know come with stars before them."""
    done = subprocess.run(["sh", "-c", " | ".join(f"apertium -f line {mode}" for mode in MODES)], input="\n".join(lines) + "\n",
                          capture_output=True, text=True, check=True)
    out = done.stdout.split("\n")[:-1]
    if len(out) != len(lines):
        raise ValueError(f"{len(lines)} lines were given to apertium, {len(out)} came back")
    return out


class Translator:
    """`within`: mentions of other concepts in a definition (`mentions.by_definition`). What the rules did not know in earlier texts
    gets a place in later ones."""

    def __init__(self, within: dict[str, list[tuple[int, int, str]]], run: Callable[[list[str]], list[str]] = apertium):
        self.within, self.run, self.unknown = within, run, set()

    def translate(self, texts: list[str]) -> list[str | None]:
        kept = [_with_places(t, self.within.get(t, ()), self.unknown) for t in texts]
        found = self.run([text for text, _ in kept])
        self.unknown.update(w.lower() for line in found for w in _UNKNOWN.findall(line))
        return [_filled(line, places) for line, (_, places) in zip(found, kept)]


def _filled(line: str, places: list[tuple[str, str]]) -> str | None:
    """None where the rules have lost a place or doubled one: then words may have been lost too."""
    if sorted(int(n) for n in _PLACE.findall(line)) != list(range(len(places))):
        return None
    return re.sub(r"[*#]", "", _PLACE.sub(lambda found: "{%s|%s}" % places[int(found[1])], _bracketed(line)))


def with_names(text: str, name_of: Callable[[str], rrf.Name | None]) -> str:
    """A text of `read` with names in its places: those that `name_of` gives for a unit, in small letters, else the English words."""
    return re.sub(r"\{([^|{}]+)\|([^{}]*)\}", lambda at: name.text.lower() if (name := name_of(at[1])) else at[2], text)


def _plain(text: str) -> str:
    return first_words(_bracketed(_RELATIVE.sub(" which ", text))).rstrip(" .") + "."


def _bracketed(text: str) -> str:
    """Without braces, which stand for places."""
    return text.replace("{", "(").replace("}", ")")


def _with_places(text: str, mentions, unknown: set[str]) -> tuple[str, list[tuple[str, str]]]:
    out, places, at = [], [], 0
    for start, end, unit in mentions:
        words = text[start:end]
        named = " " in words and words.split()[0].lower() not in SMALL or words.lower() in unknown
        if start >= at and named and not set("{|}\t\n") & set(words):
            out += [text[at:start], f"Xq{len(places)}z"]
            places.append((unit, words))
            at = end
    text = _plain("".join(out) + text[at:])
    return text, places[:len(_PLACE.findall(text))]  # what is cut off had the last ones


def read(path: Path) -> dict[str, str]:
    with open(path, encoding="utf-8") as rows:
        return dict(row.rstrip("\n").split("\t") for row in rows)


def main() -> None:
    from fit import load_pairs  # torch is not needed for the rest
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=rrf.HERE / "out")
    parser.add_argument("--release", type=Path, default=rrf.DEFAULT_RELEASE)
    parser.add_argument("--queries", type=Path, default=rrf.DEFAULT_QUERIES)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--most", type=int, default=60000, help="so many definitions, drawn by chance")
    parser.add_argument("--at-once", type=int, default=1000)
    parser.set_defaults(pairs=None, seed=1)
    args = parser.parse_args()
    pairs = load_pairs(args, {})
    texts = sorted({t for unit in pairs.units if any(n.sab in CLINICAL for n in pairs.names[unit])
                    for t in pairs.definitions[unit] if "\t" not in t and "\n" not in t})
    random.Random(1).shuffle(texts)
    texts = texts[:args.most]
    translator = Translator(pairs.within)
    with open(args.to, "w", encoding="utf-8") as out:
        for at in range(0, len(texts), args.at_once):
            part = texts[at:at + args.at_once]
            out.writelines(f"{text}\t{french}\n" for text, french in zip(part, translator.translate(part)) if french)
            out.flush()
            print(f"{at + len(part)} of {len(texts)} definitions", flush=True)


if __name__ == "__main__":
    main()
