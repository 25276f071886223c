"""The parts that need neither torch nor the shared data."""
import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import deft_data  # noqa: E402
import mentions  # noqa: E402
from paraphrase import Paraphrases, difference, tokens  # noqa: E402
from perturb import perturb, reorder, slip, strip_accents  # noqa: E402
from release import Name  # noqa: E402

FIXTURES = Path(__file__).resolve().parent / "fixtures"


class Deft(unittest.TestCase):
    def test_undersampling_drops_what_disagrees_and_balances(self):
        kept = deft_data.undersample(deft_data.similarity(FIXTURES / "t1.tsv"))
        self.assertNotIn("5", [p["id"] for p in kept])  # mark 5, mean 2.1
        self.assertEqual(sum(p["mark"] >= 2.5 for p in kept), sum(p["mark"] < 2.5 for p in kept))

    def test_parallel_reads_both_forms_alike(self):
        table, xml = (deft_data.parallel(FIXTURES / f) for f in ("t2.tsv", "t2.xml"))
        self.assertEqual(table, xml)
        self.assertEqual([p["label"] for p in table], [0, 1, 2, 0])


class Paraphrase(unittest.TestCase):
    def test_difference(self):
        self.assertEqual(difference(tokens("Short clavicle bone"), tokens("Short collar bone")), ("clavicle", "collar"))
        self.assertIsNone(difference(tokens("Hypertension"), tokens("High blood pressure")))
        self.assertIsNone(difference(tokens("Aplasia of toe type 1"), tokens("Aplasia of toe type 2")))

    def test_table_needs_several_concepts(self):
        def concept(a, b):
            return [Name("C", a, "ENG", "HPO", "PT", "0"), Name("C", b, "ENG", "HPO", "SY", "0")]
        concepts = {f"C{i}": concept(f"Renal {w}", f"Kidney {w}") for i, w in enumerate(("cyst", "stone", "pain"))}
        found = Paraphrases(concepts)
        self.assertEqual(found.rewrite("Renal failure", "ENG", random.Random(1)), "kidney failure")
        self.assertIsNone(found.rewrite("Liver failure", "ENG", random.Random(1)))
        self.assertEqual(Paraphrases({"C0": concepts["C0"]}).table["ENG"], {})


class Perturb(unittest.TestCase):
    def test_small_and_never_empty(self):
        rng = random.Random(4)
        for text in ("Abcès rectal", "a", "Reflux, Vesico-Ureteral", "IgA"):
            for _ in range(300):
                self.assertTrue(perturb(text, rng).strip())
        self.assertEqual(strip_accents("Œdème hépatique"), "Œdeme hepatique")
        self.assertEqual(reorder("Reflux, Vesicoureteral", rng), "Vesicoureteral Reflux")
        self.assertLessEqual(abs(len(slip("hypertension", rng)) - 12), 1)


class Mentions(unittest.TestCase):
    def test_marked(self):
        text = "A disease in which tremor is seen early."
        self.assertEqual(mentions.marked(text, 19, 25, words=2), "in which [ tremor ] is seen")


if __name__ == "__main__":
    unittest.main()
