"""What every training command shares: optimizer, warm-up and decay, an average of the weights, checkpoints to go on from."""
from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import torch

from encoder import Encoder

CHECKPOINT_EVERY = {"cpu": 240, "cuda": 60}  # seconds


def optimizer_for(encoder: Encoder, rate: float, embedding_factor: float = 2.0, decay: float = 0.01):
    plain, bare, embedding = [], [], []
    for name, p in encoder.model.named_parameters():
        if "word_embeddings" in name:
            embedding.append(p)
        elif p.ndim < 2:
            bare.append(p)
        else:
            plain.append(p)
    return torch.optim.AdamW([{"params": plain, "weight_decay": decay, "factor": 1.0},
                              {"params": bare, "weight_decay": 0.0, "factor": 1.0},
                              {"params": embedding, "weight_decay": 0.0, "factor": embedding_factor}],
                             lr=rate, betas=(0.9, 0.98), eps=1e-6, fused=True)


class Run:
    """steps: the run ends after so many; or seconds: when so much time has passed, and the schedule follows the clock."""

    def __init__(self, folder: Path, encoder: Encoder, optimizer, steps: int, rate: float, warmup: float, average: float,
                 floor: float = 0.05, seconds: float = 0):
        self.encoder, self.optimizer = encoder, optimizer
        self.steps, self.rate, self.warmup, self.average, self.floor = steps, rate, warmup, average, floor
        self.seconds, self.began = seconds, time.time()
        self.path = Path(folder).with_name(Path(folder).name + ".state.pt")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.shadow = {k: v.detach().clone() for k, v in encoder.model.state_dict().items() if v.is_floating_point()}
        self.saved_at = time.time()
        self.every = CHECKPOINT_EVERY[encoder.device.type]
        self.extra: dict = {}

    def progress(self, step: int) -> float:
        """0 at the start, 1 at the end."""
        return (time.time() - self.began) / self.seconds if self.seconds else step / self.steps

    def due(self) -> bool:
        """A checkpoint is to be written with the next step."""
        return time.time() - self.saved_at > self.every

    def scheduled(self, step: int) -> float:
        done = self.progress(step)
        if done < self.warmup:
            return self.rate * min(1.0, done / self.warmup + 1 / (self.warmup * self.steps if not self.seconds else 50))
        return self.rate * max(self.floor, (1 - done) / (1 - self.warmup))

    def step(self, loss: torch.Tensor, step: int) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.encoder.model.parameters(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = self.scheduled(step) * group["factor"]
        self.optimizer.step()
        keep = min(self.average, (step + 1) / (step + 10))
        with torch.no_grad():
            state = self.encoder.model.state_dict()
            names = list(self.shadow)
            torch._foreach_lerp_([self.shadow[n] for n in names], [state[n] for n in names], 1 - keep)
        if self.due():
            self.checkpoint(step + 1)

    def checkpoint(self, step: int) -> None:
        fresh = self.path.with_suffix(".new")
        torch.save({"step": step, "model": self.encoder.model.state_dict(), "optimizer": self.optimizer.state_dict(),
                    "shadow": self.shadow, "extra": self.extra, "spent": time.time() - self.began}, fresh)
        os.replace(fresh, self.path)
        self.saved_at = time.time()

    def resume(self) -> int:
        if not self.path.exists():
            return 0
        state = torch.load(self.path, map_location=self.encoder.device)
        self.encoder.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.shadow, self.extra = state["shadow"], state["extra"]
        self.began = time.time() - state.get("spent", 0)
        print(f"going on from step {state['step']}", flush=True)
        return state["step"]

    @contextlib.contextmanager
    def averaged(self):
        """The averaged weights in place of the trained ones, for as long as the block lasts."""
        state = self.encoder.model.state_dict()
        own = {k: state[k].clone() for k in self.shadow}
        with torch.no_grad():
            for k, v in self.shadow.items():
                state[k].copy_(v)
        yield
        with torch.no_grad():
            for k, v in own.items():
                state[k].copy_(v)
