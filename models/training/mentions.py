"""Names of concepts found in definitions of others, with the mention marked by brackets: KRISSBERT's idea of a mention in
its context, without any labelled text. Standard library only."""
from __future__ import annotations

import re
from collections import defaultdict

from corpus import Corpus
from release import fold
from texts import CLINICAL

_word = re.compile(r"[^\W_]+")
LONGEST = 6
STOP = set("disease disorder syndrome disorders diseases patient patients cell cells process form structure region "
           "abnormality condition symptom symptoms group person individual function activity compound substance system "
           "characterized another several certain member material property location inside outside".split())


def unambiguous(corpus: Corpus) -> dict[str, str]:
    """Folded English name -> the only concept group that carries it."""
    owner: dict[str, str | None] = {}
    for cui, found in corpus.names.items():
        group = corpus.group[cui]
        for name in found:
            if name.lat != "ENG" or name.sab not in CLINICAL or len(name.text) > 60:
                continue
            form = fold(name.text)
            if len(form) < 5 or form in STOP or form.isdigit():
                continue
            if owner.setdefault(form, group) != group:
                owner[form] = None
    return {form: group for form, group in owner.items() if group}


def find(corpus: Corpus, most: int = 60) -> dict[str, list[tuple[str, int, int]]]:
    """group -> [(definition, start, end)] of mentions in definitions of other concepts, longest mention first come."""
    owner = unambiguous(corpus)
    found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for cui, definitions in corpus.definitions.items():
        if cui not in corpus.group or not any(n.sab in CLINICAL for n in corpus.names[cui]):
            continue
        own = corpus.group[cui]
        for text in definitions:
            spans = [(m.start(), m.end()) for m in _word.finditer(text)][:70]
            at = 0
            while at < len(spans):
                for n in range(min(LONGEST, len(spans) - at), 0, -1):
                    start, end = spans[at][0], spans[at + n - 1][1]
                    group = owner.get(fold(text[start:end]))
                    if group and group != own:
                        if len(found[group]) < most:
                            found[group].append((text, start, end))
                        at += n - 1
                        break
                at += 1
    return dict(found)


def by_definition(found: dict[str, list[tuple[str, int, int]]]) -> dict[str, list[tuple[int, int, str]]]:
    """The same mentions, under the definition that they stand in: text -> [(start, end, group)], in order."""
    within: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for group, spans in found.items():
        for text, start, end in spans:
            within[text].append((start, end, group))
    return {text: sorted(spans) for text, spans in within.items()}


def marked(text: str, start: int, end: int, words: int = 12) -> str:
    """The mention in brackets with up to so many words on either side."""
    before = text[:start].split()[-words:]
    after = text[end:].split()[:words]
    return " ".join(before + [f"[ {text[start:end]} ]"] + after)
