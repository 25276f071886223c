"""Plain words out of WordNet's files and Littré's, of which small ones are written here in their form (wndb(5WN), StarDict)."""
import gzip
import random
import struct
import sys
import tempfile
import unittest
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import littre  # noqa: E402
import wordnet  # noqa: E402
from plain_words import PlainWords  # noqa: E402
from release import Name, fold  # noqa: E402

NOUNS = """\
  1 This software and database is being provided to you, the LICENSEE, by
00000001 26 n 01 illness 0 002 ~ 00000002 n 0000 ~ 00000003 n 0000 | impairment of health
00000002 26 n 02 heart_attack 0 coronary 0 001 @ 00000001 n 0000 | a sudden severe blockage; death of heart muscle; "she had a heart attack"
00000003 26 n 01 phlebitis 0 001 @ 00000001 n 0000 | inflammation of a vein (usually in the legs)
00000004 18 n 01 Hippocrates 0 001 @i 00000001 n 0000 | a medical practitioner of Greece
00000005 08 n 02 vein 0 vena 0 000 | a blood vessel that carries blood to the heart
"""
ADJECTIVES = "00000006 01 a 02 venous(a) 0 venose 0 001 \\ 00000005 n 0101 | of or contained in the veins\n"


def folder_of(nouns: str, adjectives: str = "") -> tempfile.TemporaryDirectory:
    folder = tempfile.TemporaryDirectory()
    for name, text in (("noun", nouns), ("adj", adjectives), ("verb", ""), ("adv", "")):
        (Path(folder.name) / f"data.{name}").write_text(text, encoding="utf-8")
    return folder


def pairs_of(names: dict[str, list[Name]], allowed=lambda text: True) -> SimpleNamespace:
    rng = random.Random(5)

    def one(unit, other_than=None, language=None):
        found = [n for n in names[unit] if language in (None, n.lat)]
        return rng.choice(found) if found else None

    return SimpleNamespace(names=names, definitions=defaultdict(list, {"C1": ["Necrosis of the myocardium."]}), rng=rng,
                           corpus=SimpleNamespace(allowed=allowed), _name=one)


NAMES = {"C1": [Name("C1", "Heart attack", "ENG", "MSH", "PT", "0"), Name("C1", "Infarctus", "FRE", "MSH", "PT", "0")]}


class WordNet(unittest.TestCase):
    def setUp(self):
        self.folder = folder_of(NOUNS, ADJECTIVES)
        self.addCleanup(self.folder.cleanup)

    def made(self, pairs, n=400):
        words = PlainWords(wordnet.read(Path(self.folder.name)), "ENG", pairs)
        return words, [p for _ in range(n) for p in words.batch(2, 2)]

    def test_words_glosses_and_pointers_are_read_without_examples_and_markers(self):
        found = wordnet.read(Path(self.folder.name))
        self.assertEqual(found["n00000002"].words, ("heart attack", "coronary"))
        self.assertEqual(found["n00000002"].gloss, "a sudden severe blockage; death of heart muscle")
        self.assertEqual(found["a00000006"].words, ("venous", "venose"))
        self.assertEqual(found["a00000006"].pertains, ("n00000005",))
        self.assertEqual(found["n00000003"].above, ("n00000001",))

    def test_a_word_that_the_release_names_goes_with_its_concept(self):
        words, made = self.made(pairs_of(NAMES))
        self.assertEqual(words.units["n00000002"], ["C1"])
        of_concept = {p.right for p in made if p.group == "C1"}
        self.assertIn("Infarctus", of_concept)
        self.assertIn("Necrosis of the myocardium.", of_concept)
        self.assertIn("heart attack", of_concept)
        self.assertNotIn("heart attack", {p.right for p in made if p.group != "C1"})

    def test_named_people_and_places_are_left_out(self):
        words, made = self.made(pairs_of(NAMES))
        self.assertNotIn("n00000004", words.keys)
        self.assertNotIn("Hippocrates", {p.right for p in made})

    def test_no_pair_holds_a_text_that_is_kept_out_or_the_same_text_twice(self):
        banned = {fold("Phlebitis"), fold("a blood vessel that carries blood to the heart")}
        _, made = self.made(pairs_of(NAMES, lambda text: fold(text) not in banned))
        for pair in made:
            self.assertNotIn(fold(pair.left), banned)
            self.assertNotIn(fold(pair.right), banned)
            self.assertNotEqual(fold(pair.left), fold(pair.right))

    def test_synsets_are_numbered_after_the_concepts(self):
        words, _ = self.made(pairs_of(NAMES), 1)
        self.assertEqual(sorted(words.numbers(10).values()), list(range(10, 10 + len(words.keys))))


ENTRY = """<i><small>(ik-tè-r') s. m.</small></i>

<b>1°</b> Terme de médecine. Maladie qui jaunit la peau, qu'on nomme jaunisse. Le malade a l'ictère.
<span foreground="#0000CD">Un ictère noir</span>, <span foreground="#B22222">X.</span>.

<b>2°</b> Terme de blason. Oiseau au plumage jaune.

<b><big>HISTORIQUE</big></b>

    XVIe s. <span foreground="#0000CD">Ictere est maladie</span>
"""


class Littre(unittest.TestCase):
    def test_senses_come_with_their_field_and_without_quotations_examples_and_history(self):
        self.assertEqual(littre.senses(ENTRY), [("Maladie qui jaunit la peau, qu'on nomme jaunisse", "médecine"),
                                                ("Oiseau au plumage jaune", None)])

    def test_an_entry_that_stands_under_two_spellings_is_read_once_under_the_accented_one(self):
        with tempfile.TemporaryDirectory() as folder:
            content = ENTRY.encode()
            (Path(folder) / "XMLittre.dict.dz").write_bytes(gzip.compress(content))
            (Path(folder) / "XMLittre.idx").write_bytes(b"".join(
                word.encode() + b"\0" + struct.pack(">II", 0, len(content)) for word in ("ICTERE", "ICTÈRE.2")))
            found = littre.read(Path(folder))
        self.assertEqual([(s.words, s.weight) for s in found.values()], [(("ictère",), 1.0), (("ictère",), 0.15)])


if __name__ == "__main__":
    unittest.main()
