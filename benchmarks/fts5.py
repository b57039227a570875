"""SQLite FTS5 as the yardstick: the search that every machine already has."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite3


class Fts5:
    """One FTS5 table of articles; any word of a question counts, best BM25 first."""

    def __init__(self, path: Path, weights: Mapping[str, float], tokenizer: str) -> None:
        path.unlink(missing_ok=True)
        self._names = tuple(weights)
        self._connection: Any = sqlite3.connect(str(path))
        columns = ", ".join(("key UNINDEXED", *self._names))
        self._connection.execute(
            f'CREATE VIRTUAL TABLE articles USING fts5({columns}, tokenize="{tokenizer}")'
        )
        ranks = ", ".join(map(str, (0.0, *weights.values())))
        self._connection.execute(
            "INSERT INTO articles(articles, rank) VALUES ('rank', ?)", (f"bm25({ranks})",)
        )

    def build(self, rows: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """Index articles given as key and text by field, into one segment."""
        marks = ", ".join("?" * (len(self._names) + 1))
        self._connection.executemany(
            f"INSERT INTO articles VALUES ({marks})",
            ((key, *(fields.get(name, "") for name in self._names)) for key, fields in rows),
        )
        self._connection.execute("INSERT INTO articles(articles) VALUES ('optimize')")
        self._connection.commit()

    def search(self, words: Sequence[str], limit: int = 10) -> list[str]:
        """Keys of the best articles that hold any of the words."""
        if not words:
            return []
        wanted = " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
        rows = self._connection.execute(
            "SELECT key FROM articles WHERE articles MATCH ? ORDER BY rank LIMIT ?", (wanted, limit)
        )
        return [key for (key,) in rows]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
