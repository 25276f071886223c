"""Reading a release: the few RRF tables that training needs, straight from the zip. Standard library only."""
from __future__ import annotations

import io
import os
import re
import unicodedata
import zipfile
from collections import namedtuple
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parents[1]
SHARED = Path(os.environ.get("TERMDUET_SHARED", REPO.parent / "shared"))
DEFAULT_RELEASE = SHARED / "data" / "releases" / "openmeta-2026AA.zip"
DEFAULT_QUERIES = SHARED / "data" / "queries"

Name = namedtuple("Name", "cui text lat sab tty srl")
Definition = namedtuple("Definition", "cui text sab")

_not_word = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Case, accents, punctuation and spacing taken away: the form in which two texts count as the same."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    return _not_word.sub(" ", text).strip()


def table(release: Path, name: str):
    """Rows of META/<name>.RRF, from a release zip or from a META directory."""
    release = Path(release)
    if release.is_dir():
        with open(release / f"{name}.RRF", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield line.rstrip("\r\n").split("|")
        return
    with zipfile.ZipFile(release) as archive:
        member = next(m for m in archive.namelist() if m.endswith(f"/{name}.RRF") or m == f"{name}.RRF")
        with archive.open(member) as raw:
            for line in io.TextIOWrapper(raw, encoding="utf-8", newline="\n"):
                yield line.rstrip("\r\n").split("|")


def names(release: Path, srl: set[str] | None = None):
    """Every unsuppressed atom as a Name; with srl={'0'} only what may be reused."""
    for row in table(release, "MRCONSO"):
        if row[16] == "N" and (srl is None or row[15] in srl):
            yield Name(row[0], clean(row[14]), row[1], row[11], row[12], row[15])


def definitions(release: Path, sources: set[str]):
    for row in table(release, "MRDEF"):
        if row[4] in sources and row[6] != "Y" and row[6] != "O" and row[6] != "E":
            yield Definition(row[0], clean(row[5]), row[4])


def parents(release: Path, sources: set[str]):
    """(child, parent): in MRREL, CHD means that the second concept is a child of the first."""
    for row in table(release, "MRREL"):
        if row[3] == "CHD" and row[10] in sources and row[0] != row[4]:
            yield row[4], row[0]


def semantic_types(release: Path):
    for row in table(release, "MRSTY"):
        yield row[0], row[1]


def queries(directory: Path) -> dict[str, list[tuple[str, frozenset[str]]]]:
    """The dev sets: name -> [(query, answers)]."""
    sets = {}
    for path in sorted(Path(directory).glob("*.tsv")):
        rows = []
        with open(path, encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                query, cuis = line.rstrip("\n").split("\t")[:2]
                rows.append((query, frozenset(cuis.split("|"))))
        sets[path.name.removesuffix(".tsv")] = rows
    return sets
