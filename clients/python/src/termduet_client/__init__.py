"""A client of Termduet's search API: search, batches, alignment, concepts; with pandas where it is installed."""

from .client import Client, TermduetError
from .server import Server

__all__ = ["Client", "Server", "TermduetError"]
