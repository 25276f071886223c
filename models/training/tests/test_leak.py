"""No dev query, and no text that equals one but for case, accents and punctuation, is ever given out for training."""
import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import release as rrf  # noqa: E402
from corpus import Corpus  # noqa: E402
from pairs import KNOWLEDGE, SYNONYM, Pairs  # noqa: E402
from plain_words import PlainWords  # noqa: E402
from texts import mixture  # noqa: E402
from wordnet import Synset  # noqa: E402

HERE = rrf.DEFAULT_RELEASE.exists() and rrf.DEFAULT_QUERIES.exists()


class Fold(unittest.TestCase):
    def test_case_accents_punctuation_spacing(self):
        self.assertEqual(rrf.fold("Abcès  rectal"), rrf.fold("ABCES-RECTAL"))
        self.assertEqual(rrf.fold("Crohn’s disease"), rrf.fold("crohn's disease"))
        self.assertNotEqual(rrf.fold("5th toe"), rrf.fold("4th toe"))


@unittest.skipUnless(HERE, "the release and the dev queries of ../shared are not here")
class Leak(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.corpus = Corpus()
        cls.pairs = Pairs(cls.corpus, SYNONYM, seed=3)  # takes a minute
        cls.banned = {}
        for rows in rrf.queries(rrf.DEFAULT_QUERIES).values():
            for query, answers in rows:
                cls.banned.setdefault(rrf.fold(query), set()).update(answers)

    def test_dev_sets_are_read(self):
        self.assertGreater(len(self.banned), 5000)
        self.assertIn(rrf.fold("Abnormal ankle bones"), self.banned)

    def test_no_name_or_definition_is_a_dev_query(self):
        for found in self.corpus.names.values():
            for name in found:
                self.assertNotIn(rrf.fold(name.text), self.banned)
        for found in self.corpus.definitions.values():
            for text in found:
                self.assertNotIn(rrf.fold(text), self.banned)

    def test_only_reusable_sources(self):
        restricted = {n.sab for n in rrf.names(rrf.DEFAULT_RELEASE) if n.srl != "0"}
        self.assertTrue(restricted)
        self.assertFalse(restricted & self.corpus.sources)
        for found in self.corpus.names.values():
            for name in found:
                self.assertEqual(name.srl, "0")

    def test_no_pair_is_a_dev_query(self):
        for kinds in (SYNONYM, KNOWLEDGE):
            self.pairs.kinds, self.pairs.rng = kinds, random.Random(3)
            for _ in range(60):
                for pair in self.pairs.batch(256, 4):
                    self.assertNotIn(rrf.fold(pair.left), self.banned)
                    self.assertNotIn(rrf.fold(pair.right), self.banned)

    def test_no_plain_word_is_a_dev_query(self):
        """Of a dictionary whose words and explanations are dev queries, beside what is none."""
        synsets = {f"n{i}": Synset(f"n{i}", (query, f"word {i}"), f"{query}; what is said of {query}", (), (), (), 1.0)
                   for i, query in enumerate(sorted(self.banned))}
        self.pairs.rng = random.Random(3)
        for pair in PlainWords(synsets, "ENG", self.pairs).batch(5000, 4):
            self.assertNotIn(rrf.fold(pair.left), self.banned)
            self.assertNotIn(rrf.fold(pair.right), self.banned)

    def test_no_definition_in_french_is_a_dev_query(self):
        """Of definitions whose French is a dev query each second time."""
        queries = sorted(self.banned)
        texts = sorted({d for found in self.corpus.definitions.values() for d in found})
        self.pairs.french = {d: queries[i % len(queries)] if i % 2 else f"maladie {i}" for i, d in enumerate(texts)}
        self.addCleanup(delattr, self.pairs, "french")
        self.pairs.kinds, self.pairs.rng = {"french": 1}, random.Random(3)
        made = self.pairs.batch(5000, 4)
        self.assertGreater(sum(p.left.startswith("maladie ") for p in made), 500)
        for pair in made:
            self.assertNotIn(rrf.fold(pair.left), self.banned)
            self.assertNotIn(rrf.fold(pair.right), self.banned)

    def test_no_text_for_distillation_is_a_dev_query(self):
        stream = mixture(self.corpus, random.Random(3), {"ENG": 0.4, "FRE": 0.2, "OTHER": 0.1, "DEF": 0.3})
        for _ in range(20000):
            for text in next(stream):
                self.assertNotIn(rrf.fold(text), self.banned)

    def test_same_seed_same_pairs(self):
        made = []
        for _ in range(2):
            self.pairs.kinds, self.pairs.rng = SYNONYM, random.Random(9)
            made.append(self.pairs.batch(64, 4))
        self.assertEqual(*made)

    def test_held_out_names_are_not_trained_on(self):
        kept_back = {(n.cui, rrf.fold(n.text)) for n in self.corpus.kept_back}
        self.assertGreater(len(kept_back), 1000)
        for cui, found in self.corpus.names.items():
            for name in found:
                self.assertNotIn((cui, rrf.fold(name.text)), kept_back)


if __name__ == "__main__":
    unittest.main()
