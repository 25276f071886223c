"""Requests to a running server, with the standard library alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    import pandas as pd

# The server answers at most so many queries of one request.
MAX_QUERIES = 200

Json = dict[str, Any]


class TermduetError(Exception):
    """What the server says is wrong, or that there is none; `status` is the HTTP status, or None."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Client:
    """Asks the server at `url`; `key` where it asks for keys."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        *,
        key: str | None = None,
        dataset: str | None = None,
        timeout: float = 60,
    ) -> None:
        self.url = url.rstrip("/")
        self._key = key
        self._dataset = dataset
        self._timeout = timeout

    def search(self, query: str, *, k: int = 10, context: str | None = None, **filters: Sequence[str]) -> list[Json]:
        """The results of one query, best first. `filters`: sab, lat, tty, sty, each a list."""
        (answer,) = self.batch([query], k=k, contexts=None if context is None else [context], **filters)
        results: list[Json] = answer["results"]
        return results

    def batch(
        self,
        queries: Iterable[str],
        *,
        k: int = 10,
        contexts: Sequence[str | None] | None = None,
        **filters: Sequence[str],
    ) -> list[Json]:
        """The answers to many queries, in their order."""
        texts = list(queries)
        answers: list[Json] = []
        for start in range(0, len(texts), MAX_QUERIES):
            part = texts[start : start + MAX_QUERIES]
            body: Json = {"queries": part, "k": k}
            if contexts is not None:
                body["context"] = [text or "" for text in contexts[start : start + MAX_QUERIES]]
            if self._dataset is not None:
                body["dataset"] = self._dataset
            if filters:
                body["filter"] = {name: list(values) for name, values in filters.items()}
            answers.extend(self._ask("/api/v1/search", body)["responses"])
        return answers

    def align(self, terms: pd.Series[Any] | pd.DataFrame, *, column: str = "term", **filters: Sequence[str]) -> pd.DataFrame:
        """The best concept of each term, beside what the table holds already.

        Each row is searched for itself. `termduet align` does more: it weighs a lexicon as a whole.
        """
        import pandas as pd

        table = terms.to_frame(column) if isinstance(terms, pd.Series) else terms.copy()
        answers = self.batch([str(term) for term in table[column]], k=1, **filters)
        best = [answer["results"][0] if answer["results"] else {} for answer in answers]
        for name in ("cui", "name", "string", "rating", "matchType"):
            table[name] = [result.get(name) for result in best]
        table["close"] = [answer["close"] for answer in answers]
        return table

    def frame(
        self, query: str, *, k: int = 10, context: str | None = None, **filters: Sequence[str]
    ) -> pd.DataFrame:
        """The results of one query as a table."""
        import pandas as pd

        return pd.DataFrame(self.search(query, k=k, context=context, **filters))

    def concept(self, cui: str) -> Json:
        """A concept with its names, definitions, types and relations."""
        dataset = {} if self._dataset is None else {"dataset": self._dataset}
        return self._ask(f"/api/v1/concepts/{quote(cui, safe='')}" + (f"?{urlencode(dataset)}" if dataset else ""))

    def concepts(self, cuis: Iterable[str]) -> list[Json]:
        return [self.concept(cui) for cui in cuis]

    def releases(self) -> Any:
        return self._ask("/api/v1/releases")

    def _ask(self, path: str, body: Json | None = None) -> Json:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self.url + path, data, headers), timeout=self._timeout) as answer:
                value: Json = json.load(answer)
                return value
        except HTTPError as error:
            raise TermduetError(_problem(error), error.code) from error
        except URLError as error:
            raise TermduetError(
                f"no server answers at {self.url} ({error.reason}); start one by `termduet start`, or with Server()"
            ) from error


def _problem(error: HTTPError) -> str:
    try:
        problem = json.load(error)
        return str(problem.get("detail") or problem.get("title") or error.reason)
    except ValueError:
        return str(error.reason)
