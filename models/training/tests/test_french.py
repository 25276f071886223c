"""Rough French of definitions, with rules that are played by a function: what has a place, what is lost, what pairs make of it."""
import random
import sys
import unittest
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import french  # noqa: E402
from pairs import Pairs  # noqa: E402
from release import Name  # noqa: E402

TEXT = "Inflammation of the heart muscle that is caused by a phlebitis."


def within(text: str, *mentions: tuple[str, str]) -> dict[str, list[tuple[int, int, str]]]:
    return {text: [(text.index(words), text.index(words) + len(words), unit) for words, unit in mentions]}


class Translation(unittest.TestCase):
    def test_names_of_several_words_keep_a_place_and_those_of_one_where_the_rules_do_not_know_it(self):
        seen = []

        def rules(lines):
            seen.extend(lines)
            return [line.replace("Inflammation of the", "Inflammation du").replace("phlebitis", "*phlebitis") for line in lines]

        translator = french.Translator(within(TEXT, ("heart muscle", "C1"), ("phlebitis", "C2")), rules)
        self.assertEqual(translator.translate([TEXT]),
                         ["Inflammation du {C1|heart muscle} which is caused by a phlebitis."])
        self.assertIn("{C2|phlebitis}", translator.translate([TEXT])[0])  # the rules have shown that they don't know it
        self.assertEqual(seen[0], "Inflammation of the Xq0z which is caused by a phlebitis.")

    def test_a_text_whose_places_the_rules_lost_or_doubled_is_left_out(self):
        for spoilt in ("Inflammation.", "Xq0z de Xq0z."):
            translator = french.Translator(within(TEXT, ("heart muscle", "C1")), lambda lines, said=spoilt: [said])
            self.assertEqual(translator.translate([TEXT]), [None])

    def test_what_is_cut_off_takes_its_places_with_it(self):
        text = " ".join(["word"] * 32) + " heart muscle"
        translator = french.Translator(within(text, ("heart muscle", "C1")), lambda lines: lines)
        self.assertEqual(translator.translate([text]), [" ".join(["word"] * 32) + "."])


class FrenchPairs(unittest.TestCase):
    def test_places_are_filled_with_french_names_and_with_the_english_words_where_there_is_none(self):
        pairs = Pairs.__new__(Pairs)
        pairs.rng = random.Random(1)
        pairs.definitions = defaultdict(list, {"C9": [TEXT]})
        pairs.names = {"C1": [Name("C1", "Myocarde", "FRE", "MSH", "PT", "0"), Name("C1", "Heart muscle", "ENG", "MSH", "PT", "0")],
                       "C2": [Name("C2", "Phlebitis", "ENG", "MSH", "PT", "0")]}
        pairs.french = {TEXT: "Inflammation du {C1|heart muscle} par une {C2|phlebitis}"}
        self.assertIn("Inflammation du myocarde par une phlebitis", {pairs._in_french("C9") for _ in range(50)})
        self.assertIsNone(pairs._in_french("C1"))


if __name__ == "__main__":
    unittest.main()
