"""What training may see: names, definitions and hierarchy of the reusable sources, with the dev queries taken out.

Concepts that carry the same preferred name (the release holds one per source) are put together in a group, so that
they are never each other's negatives. Standard library only."""
from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import release as rrf
from release import fold

HELD_OUT_SHARE = 50  # one name of a concept in 50 is kept from training, for the language check


def held_out(cui: str, text: str) -> bool:
    digest = hashlib.blake2b(f"{cui}\t{text}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % HELD_OUT_SHARE == 0


class Corpus:
    """names[cui] = [Name]; definitions[cui] = [text]; parents, children: cui -> [cui]; group[cui] = smallest CUI."""

    def __init__(self, release: Path = rrf.DEFAULT_RELEASE, queries: Path | None = rrf.DEFAULT_QUERIES):
        self.banned: set[str] = set()
        if queries is not None:
            for rows in rrf.queries(queries).values():
                self.banned.update(fold(query) for query, _ in rows)
        self.names: dict[str, list[rrf.Name]] = defaultdict(list)
        self.kept_back: list[rrf.Name] = []
        self.sources: set[str] = set()
        self.dropped = 0
        seen = set()
        pending = []
        for name in rrf.names(release, srl={"0"}):
            self.sources.add(name.sab)
            if not name.text or (name.cui, name.text) in seen:
                continue
            seen.add((name.cui, name.text))
            if not self.allowed(name.text):
                self.dropped += 1
                continue
            pending.append(name)
        for name in pending:
            self.names[name.cui].append(name)
        for cui, entries in list(self.names.items()):
            forms = {fold(n.text) for n in entries}
            if len(forms) < 3:
                continue
            back = {fold(n.text) for n in entries if held_out(cui, n.text)}
            if back and len(back) < len(forms) - 1:
                self.kept_back.extend(n for n in entries if fold(n.text) in back and held_out(cui, n.text))
                self.names[cui] = [n for n in entries if fold(n.text) not in back]
        self.definitions: dict[str, list[str]] = defaultdict(list)
        for entry in rrf.definitions(release, self.sources):
            if self.allowed(entry.text) and len(entry.text) > 12:
                self.definitions[entry.cui].append(entry.text)
        self.parents: dict[str, list[str]] = defaultdict(list)
        self.children: dict[str, list[str]] = defaultdict(list)
        for child, parent in rrf.parents(release, self.sources):
            if child in self.names and parent in self.names:
                self.parents[child].append(parent)
                self.children[parent].append(child)
        self.group = self._groups()

    def allowed(self, text: str) -> bool:
        """False for a dev query, or a text that differs from one in case, accents or punctuation alone."""
        return fold(text) not in self.banned

    def _groups(self) -> dict[str, str]:
        root: dict[str, str] = {}

        def find(cui: str) -> str:
            while root.setdefault(cui, cui) != cui:
                root[cui] = root[root[cui]]
                cui = root[cui]
            return cui

        first: dict[str, str] = {}
        for cui, entries in self.names.items():
            for name in entries:
                if name.tty != "PT":
                    continue
                form = fold(name.text)
                if len(form) < 5:
                    continue
                a, b = find(first.setdefault(form, cui)), find(cui)
                if a != b:
                    root[max(a, b)] = min(a, b)
        return {cui: find(cui) for cui in self.names}
