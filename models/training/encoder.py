"""A BERT or XLM-R encoder whose forward pass wastes little on padding: tokens of a batch lie end to end for the linear
layers, and attention runs over groups of texts of one length. On a GPU, where each group costs launches of kernels, the
groups are a few classes of length, padded inside. Weights stay those of the Hugging Face model, which loads and saves them."""
from __future__ import annotations

import silent  # isort: skip  # noqa: F401  before Transformers
import os
import shutil
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from transformers import AutoModel

MAX_TOKENS = 64
CPU_BFLOAT16 = getattr(torch.cpu, "get_capabilities", dict)().get("avx512_bf16", False)  # 1.6 times as fast there
CLASSES = (8, 16, 24, 32, 48, 64)  # multiples of 8, as the masked attention kernel wants


class Packed(NamedTuple):
    """Texts by rising length, token after token. Made of numpy alone, so that a worker process can send it."""
    tokens: np.ndarray  # int32, end to end
    lengths: np.ndarray  # int32, rising
    order: np.ndarray  # int32: which text stands at each place


def pack(ids: list[list[int]]) -> Packed:
    lengths = np.fromiter(map(len, ids), np.int32, len(ids))
    order = np.argsort(lengths, kind="stable").astype(np.int32)
    tokens = np.fromiter(chain.from_iterable(ids[i] for i in order), np.int32, int(lengths.sum()))
    return Packed(tokens, lengths[order], order)


def cut(ids: list[int], limit: int) -> list[int]:
    return ids if len(ids) <= limit else ids[:limit - 1] + ids[-1:]


class Pad(torch.autograd.Function):
    """Rows to their places in padded groups. Nothing flows back from the padding, so the gradient is a plain look-up."""

    @staticmethod
    def forward(ctx, x, take, back):
        ctx.save_for_backward(back)
        return x.index_select(0, take)

    @staticmethod
    def backward(ctx, gradient):
        return gradient.index_select(0, ctx.saved_tensors[0]), None, None


class Unpad(torch.autograd.Function):
    """The other way; the gradient of the padding is zero."""

    @staticmethod
    def forward(ctx, x, back):
        ctx.save_for_backward(back)
        ctx.rows = len(x)
        return x.index_select(0, back)

    @staticmethod
    def backward(ctx, gradient):
        return gradient.new_zeros(ctx.rows, gradient.shape[1]).index_copy_(0, ctx.saved_tensors[0], gradient), None


class Layout:
    """Where the tokens of a batch go: groups of (texts, width), and for padded groups the look-ups there and back."""

    def __init__(self, batch: Packed, device: torch.device, classes: tuple[int, ...] | None):
        def put(array):
            tensor = torch.from_numpy(array)
            return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor

        n, total = len(batch.lengths), len(batch.tokens)
        lengths = put(batch.lengths).long()
        self.owner = torch.repeat_interleave(torch.arange(n, device=device), lengths, output_size=total)
        starts = lengths.cumsum(0) - lengths
        self.places = torch.arange(total, device=device) - starts[self.owner]
        self.tokens, self.order = put(batch.tokens).long(), put(batch.order).long()
        widths = batch.lengths
        if classes:
            longest = (max(int(batch.lengths[-1]), classes[-1]) + 7) // 8 * 8
            bounds = np.array([*classes, longest], np.int32)
            widths = bounds[np.searchsorted(bounds, batch.lengths)]
        edges = [0, *(np.flatnonzero(np.diff(widths)) + 1).tolist(), n]
        self.groups = [(b - a, int(widths[a])) for a, b in zip(edges, edges[1:])]
        self.take = self.back = self.masks = None
        if classes:
            take, self.masks = [], []
            for a, (count, width) in zip(edges, self.groups):
                columns, own = torch.arange(width, device=device), lengths[a:a + count, None]
                take.append((starts[a:a + count, None] + torch.minimum(columns, own - 1)).flatten())
                self.masks.append(torch.zeros(count, 1, 1, width, device=device).masked_fill_(
                    (columns >= own)[:, None, None, :], float("-inf")))
            self.take = torch.cat(take)
            firsts = np.concatenate([[0], np.cumsum(widths[:-1], dtype=np.int64)])
            self.back = put(firsts)[self.owner] + self.places


class Encoder(torch.nn.Module):
    """Mean pooling, unit length."""

    def __init__(self, folder: Path, prefix: str = "", device: str = "cpu"):
        super().__init__()
        self.folder = Path(folder)
        self.prefix = prefix
        self.model = AutoModel.from_pretrained(str(folder), dtype=torch.float32, attn_implementation="sdpa")
        if getattr(self.model, "pooler", None) is not None:
            self.model.pooler = None
        self.model.eval()
        self.tokenizer = load_tokenizer(self.folder)
        self.dropout = 0.0  # contrastive training does without
        self.first_position = 2 if self.model.config.model_type == "xlm-roberta" else 0
        self.classes = CLASSES if str(device).startswith("cuda") else None
        self.bfloat16 = str(device).startswith("cuda")  # matrix products
        self.to(device)

    @property
    def device(self):
        return self.model.embeddings.word_embeddings.weight.device

    def tokenize(self, texts: list[str], limit: int = MAX_TOKENS) -> list[list[int]]:
        return tokenize(self.tokenizer, [self.prefix + t for t in texts], limit)

    def forward(self, ids: list[list[int]] | Packed) -> torch.Tensor:
        batch = ids if isinstance(ids, Packed) else pack(ids)
        device = self.device
        layout = Layout(batch, device, self.classes)
        # weights, layer norms, pooling and losses stay float32
        with torch.autocast(device.type, torch.bfloat16, enabled=self.bfloat16):
            h = self._layers(layout).float()
        pooled = h.new_zeros(len(batch.lengths), h.shape[1]).index_add_(0, layout.owner, h)
        back = torch.empty_like(layout.order)
        back[layout.order] = torch.arange(len(layout.order), device=device)
        return F.normalize(pooled, dim=1)[back]  # the mean and the sum have the same direction

    def _layers(self, layout: Layout):
        m, e = self.model, self.model.embeddings
        h = F.embedding(layout.tokens, e.word_embeddings.weight)
        h = h + F.embedding(layout.places + self.first_position, e.position_embeddings.weight)
        h = e.LayerNorm(h + e.token_type_embeddings.weight[0])
        attend = self._attend_padded if layout.take is not None else self._attend_exact
        for layer in m.encoder.layer:
            o = layer.attention.output
            h = o.LayerNorm(self._drop(o.dense(attend(layer.attention.self, h, layout))) + h)
            f = layer.output
            h = f.LayerNorm(self._drop(f.dense(F.gelu(layer.intermediate.dense(h)))) + h)
        return h

    def _attend_exact(self, a, h, layout: Layout):
        heads = self.model.config.num_attention_heads
        sizes = [n * length for n, length in layout.groups]
        # split, not slices: the gradient of a slice fills a tensor of the whole batch with zeros
        qkv = [x.split(sizes) for x in (a.query(h), a.key(h), a.value(h))]
        parts = []
        for (n, length), *split in zip(layout.groups, *qkv):
            qs, ks, vs = (x.view(n, length, heads, -1).transpose(1, 2) for x in split)
            parts.append(F.scaled_dot_product_attention(qs, ks, vs).transpose(1, 2).reshape(n * length, -1))
        return torch.cat(parts)

    def _attend_padded(self, a, h, layout: Layout):
        heads = self.model.config.num_attention_heads
        linear = a.query, a.key, a.value
        qkv = F.linear(h, torch.cat([x.weight for x in linear]), torch.cat([x.bias for x in linear]))
        qkv = Pad.apply(qkv, layout.take, layout.back)
        parts = []
        for (n, width), mask, x in zip(layout.groups, layout.masks, qkv.split([n * w for n, w in layout.groups])):
            qs, ks, vs = x.view(n, width, 3, heads, -1).permute(2, 0, 3, 1, 4)
            mask = mask.to(qs.dtype).expand(-1, heads, width, -1)
            parts.append(F.scaled_dot_product_attention(qs, ks, vs, mask).transpose(1, 2).reshape(n * width, -1))
        return Unpad.apply(torch.cat(parts), layout.back)

    def _drop(self, x: torch.Tensor) -> torch.Tensor:
        return F.dropout(x, self.dropout) if self.dropout and torch.is_grad_enabled() else x

    @torch.no_grad()
    def encode(self, texts: list[str], limit: int = MAX_TOKENS, batch_tokens: int = 0, log=None) -> torch.Tensor:
        """All texts, float16 on the CPU. Texts of like length share a batch."""
        ids = [i for start in range(0, len(texts), 20000) for i in self.tokenize(texts[start:start + 20000], limit)]
        return self.encode_ids(ids, batch_tokens, log).cpu()

    @torch.no_grad()
    def encode_ids(self, ids: list[list[int]], batch_tokens: int = 0, log=None) -> torch.Tensor:
        """float16, where the encoder is."""
        batch_tokens = batch_tokens or (131072 if self.device.type == "cuda" else 8192)
        out = torch.empty(len(ids), self.model.config.hidden_size, dtype=torch.float16, device=self.device)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        at = 0
        while at < len(order):
            end, size = at, 0
            while end < len(order) and (size + len(ids[order[end]]) <= batch_tokens or end == at):
                size += len(ids[order[end]])
                end += 1
            chosen = order[at:end]
            out[torch.tensor(chosen, device=self.device)] = self([ids[i] for i in chosen]).half()
            at = end
            if log and (at * 20 // len(order)) != ((at - len(chosen)) * 20 // len(order)):
                log(f"encoded {at}/{len(order)}")
        return out

    def save(self, folder: Path, readme: str = "", half: bool = False) -> None:
        """A Hugging Face checkpoint folder, replaced as a whole."""
        folder = Path(folder)
        fresh, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        state = {k: (v.half() if half else v).contiguous() for k, v in self.model.state_dict().items()}
        self.model.save_pretrained(str(fresh), state_dict=state)
        self.tokenizer.save(str(fresh / "tokenizer.json"))
        settings = self.folder / "tokenizer_config.json"
        if settings.exists():
            shutil.copy(settings, fresh / "tokenizer_config.json")
            os.chmod(fresh / "tokenizer_config.json", 0o644)
        if readme:
            (fresh / "README.txt").write_text(readme, encoding="utf-8")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def load_tokenizer(folder: Path) -> Tokenizer:
    found = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


def tokenize(tokenizer: Tokenizer, texts: list[str], limit: int) -> list[list[int]]:
    return [cut(e.ids, limit) for e in tokenizer.encode_batch(texts)]


def device_for(threads: int) -> str:
    torch.set_num_threads(threads)
    if not torch.cuda.is_available():
        return "cpu"
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cuda.enable_cudnn_sdp(False)  # it compiles for each new shape, and no two batches have the same
    return "cuda"


def keep_layers(encoder: Encoder, layers: list[int]) -> None:
    """Cuts a deeper encoder to the layers named, in that order."""
    stack = encoder.model.encoder.layer
    encoder.model.encoder.layer = torch.nn.ModuleList([stack[i] for i in layers])
    encoder.model.config.num_hidden_layers = len(layers)
