"""A server that lives as long as a `with` block."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from types import TracebackType

from .client import Client, TermduetError


class Server:
    """Starts `termduet start` on a free port, which puts the sample in where the store is empty.

    `command` is how Termduet is called here, such as `["npx", "termduet"]` in a clone.
    """

    def __init__(
        self,
        *,
        command: Sequence[str] = ("termduet",),
        store: str | None = None,
        cwd: str | None = None,
    ) -> None:
        arguments = [*command, "start", "--port", "0", *(["--store", store] if store else [])]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=cwd)
        self.url = self._ready()

    def _ready(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = re.search(r"Termduet is at (\S+)", line)
            if found:
                return found[1]
        raise TermduetError(f"the server ended with {self._process.wait()} before it was ready; see what it printed")

    def client(self, *, dataset: str | None = None) -> Client:
        return Client(self.url, dataset=dataset)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
