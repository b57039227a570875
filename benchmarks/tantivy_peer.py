"""tantivy through its Python binding as the yardstick: a native engine, as one uses it from Python."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tantivy


class Tantivy:
    """One tantivy index of articles; any word of a question counts, best BM25 first."""

    def __init__(self, folder: Path, weights: Mapping[str, float]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._weights = dict(weights)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("name", stored=True, tokenizer_name="raw", index_option="basic")
        for name in weights:
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        self._index: Any = tantivy.Index(self._schema, path=str(folder))
        self._searcher: Any = None

    def build(self, rows: Iterable[tuple[str, str, Mapping[str, str]]]) -> None:
        """Index articles given as key, title and text by field, into one segment."""
        writer = self._index.writer(heap_size=500_000_000, num_threads=1)
        for key, title, fields in rows:
            writer.add_document(self._document(key, title, fields))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def _document(self, key: str, title: str, fields: Mapping[str, str]) -> object:
        texts = {name: [fields[name]] for name in self._weights if fields.get(name)}
        return tantivy.Document(key=[key], name=[title], **texts)

    @property
    def segments(self) -> int:
        """How many there are; one is best for it."""
        return int(self._searcher.num_segments)

    def search(self, words: Sequence[str], limit: int = 10) -> list[tuple[str, str]]:
        """Key and title of the best articles, by a query that is built term by term."""
        query = tantivy.Query
        clauses = [
            (
                tantivy.Occur.Should,
                query.boost_query(query.term_query(self._schema, name, word, "freq"), weight),
            )
            for word in words
            for name, weight in self._weights.items()
        ]
        return self._fetch(query.boolean_query(clauses), limit)

    def search_parsed(self, words: Sequence[str], limit: int = 10) -> list[tuple[str, str]]:
        """The same by its query parser, which is quicker: the loops run in Rust."""
        text = " ".join(f'"{word}"' for word in words)
        query = self._index.parse_query(text, list(self._weights), field_boosts=self._weights)
        return self._fetch(query, limit)

    def _fetch(self, query: object, limit: int) -> list[tuple[str, str]]:
        # Without counting all matches, which lets it skip most of them.
        found = self._searcher.search(query, limit, count=False).hits
        documents = (self._searcher.doc(address) for _, address in found)
        return [(document["key"][0], document["name"][0]) for document in documents]
