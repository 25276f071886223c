"""The contrastive loss, with a memory of earlier batches as further negatives, and masks for false negatives."""
from __future__ import annotations

import torch


class Memory:
    """The last vectors of names with the concepts that they belong to. Costs one matrix product, no encoding."""

    def __init__(self, size: int, dimension: int, device):
        self.vectors = torch.zeros(size, dimension, device=device)
        self.owner = torch.full((size,), -1, dtype=torch.long, device=device)
        self.at = 0
        self.full = False

    def add(self, vectors: torch.Tensor, owner: torch.Tensor) -> None:
        n, size = len(vectors), len(self.owner)
        places = (torch.arange(n, device=owner.device) + self.at) % size
        self.vectors[places], self.owner[places] = vectors.detach(), owner
        self.full = self.full or self.at + n >= size
        self.at = (self.at + n) % size

    def filled(self) -> tuple[torch.Tensor, torch.Tensor]:
        return (self.vectors, self.owner) if self.full else (self.vectors[:self.at], self.owner[:self.at])

    def state(self) -> dict:
        return {"vectors": self.vectors.half(), "owner": self.owner, "at": self.at, "full": self.full}

    def load(self, state: dict) -> None:
        self.vectors.copy_(state["vectors"].to(self.vectors))
        self.owner.copy_(state["owner"])
        self.at, self.full = state["at"], state["full"]


def contrastive(left: torch.Tensor, right: torch.Tensor, owner: torch.Tensor, memory: Memory | None,
                temperature: float) -> torch.Tensor:
    """InfoNCE both ways: each text against its partner, with every other text of the batch and the memory as negatives;
    texts of the same concept are never negatives."""
    return _info_nce(torch.cat([left, right]), torch.cat([right, left]), owner.repeat(2),
                     torch.cat([left, right]), owner.repeat(2), memory, temperature)


def towards(texts: torch.Tensor, targets: torch.Tensor, owner: torch.Tensor, memory: Memory | None,
            temperature: float) -> torch.Tensor:
    """InfoNCE one way, against vectors that do not move (those that an encoder gave before it was trained further): texts [k·n]
    come to targets [n], k times in turn. However old a vector in the memory is, it is still what it was."""
    times = len(texts) // len(targets)
    return _info_nce(texts, targets.repeat(times, 1), owner.repeat(times), targets, owner, memory, temperature)


def _info_nce(texts, partners, owners, against, theirs, memory: Memory | None, temperature: float) -> torch.Tensor:
    if memory is not None:
        vectors, owner = memory.filled()
        against, theirs = torch.cat([against, vectors]), torch.cat([theirs, owner])
    logits = (texts @ against.T / temperature).masked_fill(owners[:, None] == theirs[None, :], float("-inf"))
    positive = (texts * partners).sum(1) / temperature
    return (torch.logaddexp(torch.logsumexp(logits, dim=1), positive) - positive).mean()
