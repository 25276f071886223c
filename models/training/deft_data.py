"""The two tasks of DEFT 2020 as tables, for those who hold them (they may not be passed on). Tab-separated with a header,
or the XML of the campaign. Standard library only.

Task 1: id, source, target, mark, mean, scores.   Task 2: id, source, num, target, label (three rows an id; label is the num
of the parallel sentence)."""
from __future__ import annotations

import csv
import random
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path


def rows(path: Path) -> list[dict[str, str]]:
    path = Path(path)
    if path.suffix.lower() != ".xml":
        with open(path, encoding="utf-8", newline="") as lines:
            return [dict(r) for r in csv.DictReader(lines, delimiter="\t")]
    found = []
    for document in ET.parse(path).getroot():
        base = dict(document.attrib)
        targets = []
        for child in document:
            text = " ".join("".join(child.itertext()).split())
            if child.tag in ("target", "cible"):
                targets.append((child.attrib.get("num", ""), text))
            else:
                base[child.tag] = text
                base.update({k: v for k, v in child.attrib.items() if k not in base})
        found.extend({**base, "num": num, "target": text} for num, text in targets or [("", "")])
    return found


def number(text: str) -> float:
    return float(str(text).replace(",", "."))


def positive(grade: float) -> bool:
    return grade >= 2.5


def similarity(path: Path) -> list[dict]:
    return [{"id": r["id"], "source": r["source"], "target": r["target"], "mark": number(r["mark"]),
             "mean": number(r["mean"]) if r.get("mean") else None} for r in rows(path)]


def undersample(pairs: list[dict], seed: int = 1) -> list[dict]:
    """Pairs whose mark and mean fall on different sides go; then the class that is left larger is thinned to the other."""
    agreed = [p for p in pairs if p["mean"] is None or positive(p["mark"]) == positive(p["mean"])]
    classes = [[p for p in agreed if positive(p["mark"]) is side] for side in (False, True)]
    least = min(map(len, classes))
    if not least:
        return agreed
    rng = random.Random(seed)
    kept = {id(p) for side in classes for p in rng.sample(side, least)}
    return [p for p in agreed if id(p) in kept]


def parallel(path: Path) -> list[dict]:
    by_id: dict[str, list[dict]] = defaultdict(list)
    for r in rows(path):
        by_id[r["id"]].append(r)
    found = []
    for key, three in by_id.items():
        right = [i for i, r in enumerate(three) if r["num"] == r["label"]]
        if right:
            found.append({"id": key, "source": three[0]["source"], "targets": [r["target"] for r in three],
                          "label": right[0]})
    return found
