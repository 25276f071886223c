"""French explanations, of which the release has none: what Littré's dictionary (1863 to 1877, in the public domain) says of a word,
without its quotations. Standard library only.

Read from the StarDict files of XMLittré (Debian's stardict-xmlittre holds them); of them the text alone is used."""
from __future__ import annotations

import gzip
import html
import re
import struct
from pathlib import Path

from texts import first_words
from wordnet import Synset

QUOTATION = re.compile(r'<span foreground="#0000CD">.*?(?=\n|$)')
SENSE = re.compile(r"<b>\d+°</b>")
FIELD = re.compile(r"\b(?:Terme|Termes|T\.) d(?:e la |e l'|es |e |')(médecine|chirurgie|anatomie|physiologie|pharmacie|pathologie|"
                   r"hygiène|obstétrique|chimie|zoologie|botanique|histoire naturelle)[^.]*\. ?", re.IGNORECASE)
MEDICAL = {"médecine", "chirurgie", "anatomie", "physiologie", "pharmacie", "pathologie", "hygiène", "obstétrique"}
OTHER_FIELD = re.compile(r"^\s*Termes? [^.]*\. ?")
SENSES = 2  # of a word without a field of its own; those of more are seldom the medical one


def entries(folder: Path):
    """Headword and what is said of it, marked up. An entry stands under its headword without accents too."""
    data = gzip.decompress((folder / "XMLittre.dict.dz").read_bytes())
    index, at = (folder / "XMLittre.idx").read_bytes(), 0
    headwords: dict[tuple[int, int], str] = {}
    while at < len(index):
        end = index.index(b"\0", at)
        place, word = struct.unpack(">II", index[end + 1:end + 9]), index[at:end].decode()
        headwords[place] = max(headwords.get(place, ""), word, key=lambda w: (len(w.encode()), w))
        at = end + 9
    for (start, size), word in headwords.items():
        yield word, data[start:start + size].decode()


def senses(text: str) -> list[tuple[str, str | None]]:
    """Each sense's explanation, with the field that it names."""
    body = text.split("<b><big>")[0].split("</i>", 1)[-1]
    found = []
    for part in SENSE.split(body):
        said = html.unescape(re.sub(r"<[^>]+>", "", QUOTATION.sub("", part)))
        field = FIELD.search(said)
        first = (said[field.end():] if field else OTHER_FIELD.sub("", said)).strip().split("\n")[0]
        sentence = re.split(r"(?<=[a-zéèêà)])\. ", first)[0].strip(" .")
        if len(sentence.split()) > 2 and not sentence.startswith(("Fig", "Voy", "V.")):
            found.append((first_words(sentence), field[1].lower() if field else None))
    return found


def read(folder: Path) -> dict[str, Synset]:
    found: dict[str, Synset] = {}
    for word, text in entries(folder):
        word = re.sub(r"\s*\(.*\)|^\d+\.? |\.\d+$|,.*", "", word).strip().lower()
        said = senses(text)
        for n, (gloss, field) in enumerate(said):
            if len(word) > 2 and (field or len(said) <= SENSES):
                weight = 1.0 if field in MEDICAL else 0.4 if field else 0.15
                found.setdefault(f"l{word} {n}", Synset(f"l{word} {n}", (word,), gloss, (), (), (), weight))
    return found
