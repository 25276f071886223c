"""What the GPU path does differently gives the same vectors; batches from workers come in the same order each time."""
import importlib.util
import os
import random
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

try:
    import silent  # noqa: F401  before what would report to its makers
    import numpy as np
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    import carry
    import encoder as enc
    from contrast import Memory, contrastive, towards
    from feed import Feed, seeded
    HERE = True
except ImportError:
    HERE = False


def tiny(folder: str) -> "enc.Encoder":
    torch.manual_seed(1)
    config = BertConfig(vocab_size=60, hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=96,
                        max_position_embeddings=80)
    BertModel(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, **{str(i): i for i in range(1, 60)}}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="1 $A 2", special_tokens=[("1", 1), ("2", 2)])
    tokenizer.save(os.path.join(folder, "tokenizer.json"))
    return enc.Encoder(Path(folder))


@unittest.skipUnless(HERE, "torch, transformers or tokenizers is not here")
class Groups(unittest.TestCase):
    def test_padded_groups_give_the_same_vectors_and_gradients(self):
        rng = random.Random(2)
        with tempfile.TemporaryDirectory() as folder:
            encoder = tiny(folder)
            ids = [[rng.randrange(3, 60) for _ in range(rng.choice((3, 5, 8, 9, 20, 31, 64)))] for _ in range(40)]
            ids.append([5] * 70)  # longer than the widest class
            found = []
            for classes in (None, enc.CLASSES):
                encoder.classes = classes
                encoder.zero_grad()
                vectors = encoder(ids)
                vectors[:, 3].sum().backward()
                found.append((vectors.detach(), encoder.model.encoder.layer[0].attention.self.key.weight.grad.clone(),
                              encoder.model.embeddings.word_embeddings.weight.grad.clone()))
            for exact, padded in zip(*found):
                self.assertLess((exact - padded).abs().max().item(), 1e-4)

    def test_as_the_library_computes_it(self):
        with tempfile.TemporaryDirectory() as folder:
            encoder = tiny(folder)
            for classes in (None, enc.CLASSES):
                encoder.classes = classes
                own = encoder(encoder.tokenize(["3 4 5", "9"]))[0]
                theirs = encoder.model(torch.tensor([[1, 3, 4, 5, 2]])).last_hidden_state.mean(1)[0]
                self.assertLess((own - torch.nn.functional.normalize(theirs, dim=0)).abs().max().item(), 1e-4)


@unittest.skipUnless(HERE, "torch is not here")
class Loss(unittest.TestCase):
    def test_texts_of_one_concept_are_no_negatives(self):
        torch.manual_seed(3)
        left, right = (torch.nn.functional.normalize(torch.randn(4, 8), dim=1) for _ in range(2))
        owner = torch.tensor([0, 1, 2, 3])
        memory = Memory(6, 8, "cpu")
        alone = contrastive(left, right, owner, memory, 0.05)
        memory.add(right, owner)  # each meets its own concept there, and the other three once more
        with_own = Memory(6, 8, "cpu")
        with_own.add(right[:1], owner[:1])
        only_first = contrastive(left[:1], right[:1], owner[:1], with_own, 0.05)
        self.assertAlmostEqual(only_first.item(), 0.0, places=5)
        self.assertGreater(contrastive(left, right, owner, memory, 0.05).item(), alone.item())

    def test_texts_that_come_to_fixed_vectors_leave_those_of_their_own_concept_alone(self):
        torch.manual_seed(4)
        fixed = torch.nn.functional.normalize(torch.randn(4, 8), dim=1)
        owner = torch.tensor([0, 1, 2, 3])
        texts = torch.cat([fixed, fixed.flip(0)])
        there = towards(texts[:4], fixed, owner, None, 0.05)
        away = towards(texts[4:], fixed, owner, None, 0.05)
        self.assertLess(there.item(), away.item())
        memory = Memory(4, 8, "cpu")
        memory.add(fixed, owner)  # of one's own concept nothing is a negative, of the others all
        again = towards(texts[:1], fixed[:1], owner[:1], memory, 0.05).item()
        expected = torch.logsumexp(torch.cat([fixed[:1] @ fixed[1:].T, torch.ones(1, 1)], 1) / 0.05, 1) - 1 / 0.05
        self.assertAlmostEqual(again, expected.item(), places=5)


@unittest.skipUnless(HERE and importlib.util.find_spec("onnx") and importlib.util.find_spec("onnxruntime"),
                     "torch, onnx or onnxruntime is not here")
class UndoInt8(unittest.TestCase):
    def test_the_checkpoint_gives_the_vectors_of_the_bundled_encoder_it_comes_from(self):
        import undo_int8
        from optimized import OptimizedEncoder

        texts = ["heart attack", "crise cardiaque", "inflammation of the lining of the nose"]
        for name in ("termduet-a", "termduet-b"):
            bundled = Path(__file__).resolve().parents[2] / "bundled" / name
            with tempfile.TemporaryDirectory() as folder:
                undo_int8.undo(bundled, Path(folder))
                encoder = enc.Encoder(Path(folder))
            optimized = OptimizedEncoder(bundled, 1)
            ids = optimized.tokenize(texts)
            self.assertEqual(ids, encoder.tokenize(texts))
            for one, expected in zip(ids, optimized.encode_ids(ids)):
                self.assertGreater(float(encoder.encode_ids([one])[0].float() @ expected), 0.98)
                self.assertGreater(float(optimized.encode_ids([one])[0] @ expected), 0.99999)

    def test_rows_of_words_and_positions_are_read_in_floats_and_in_8_bits(self):
        import undo_int8

        rows = np.array([[1, -2], [3, 4]], np.int8)
        scales = np.array([[0.5], [0.25]], np.float32)
        expected = [[0.5, -1.0], [0.75, 1.0]]
        self.assertEqual(undo_int8.table({"t.int8": rows, "t.int8_scale": scales}, "t").tolist(), expected)
        self.assertEqual(undo_int8.table({"t": np.array(expected, np.float32)}, "t").tolist(), expected)


@unittest.skipUnless(HERE, "numpy is not here")
class Workers(unittest.TestCase):
    def test_same_order_each_time_and_failures_are_told(self):
        def source(worker):
            rng = seeded(7, worker)
            while True:
                yield worker, rng.random()

        taken = []
        for _ in range(2):
            feed = Feed(source, 3)
            taken.append([next(feed) for _ in range(9)])
            feed.close()
        self.assertEqual(taken[0], taken[1])
        self.assertEqual([w for w, _ in taken[0]], [0, 1, 2] * 3)
        self.assertEqual(len(set(taken[0])), 9)

        def broken(worker):
            raise ValueError("no pairs")
            yield

        feed = Feed(broken, 1)
        with self.assertRaisesRegex(RuntimeError, "no pairs"):
            next(feed)
        feed.close()


@unittest.skipUnless(HERE, "numpy is not here")
class Carry(unittest.TestCase):
    def test_four_bit_weights_come_back(self):
        rng = np.random.default_rng(4)
        whole = rng.integers(-7, 8, (6, 32))
        whole[:, 5] = -8
        scale = rng.uniform(0.01, 0.1, (6, 1)).astype(np.float32)
        found, scales = carry.codes((whole * scale).astype(np.float16), 0)
        self.assertTrue((found == whole).all())
        self.assertLess(np.abs(scales - scale[:, 0]).max(), 1e-4)


if __name__ == "__main__":
    unittest.main()
