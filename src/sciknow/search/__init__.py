"""Finding records by a question in English or Chinese, and saying why each was found.

Here live the text of a record, the embedders, the index, ranking, explanation and the language
bridge. Nothing here knows of graphs, arrays or the network. Importing this package loads numpy,
tantivy and ONNX Runtime, never torch, pandas or a Chinese dictionary.
"""

from sciknow.place.place import Place
from sciknow.search.embed.cache import EmbeddingCache
from sciknow.search.embed.embedder import Embedder, TokenEmbedder
from sciknow.search.embed.models import load_embedder
from sciknow.search.embed.onnx import OnnxEmbedder
from sciknow.search.index.build import Built, build_index, index_digest
from sciknow.search.index.document import (
    Document,
    Link,
    document_of,
    document_of_concept,
    document_of_publication,
    document_of_text,
    variables_of,
)
from sciknow.search.index.facet import Facet
from sciknow.search.index.filters import Count, Filters, Unstated
from sciknow.search.rank.answer import IndexHit, Results
from sciknow.search.rank.held import Held
from sciknow.search.rank.index import Index
from sciknow.search.rank.why import ConceptWhy, ConstraintWhy, TermWhy, Why
from sciknow.search.wish.wish import Chip, Understood, understand

__all__ = [
    "Built",
    "Chip",
    "ConceptWhy",
    "ConstraintWhy",
    "Count",
    "Document",
    "Embedder",
    "EmbeddingCache",
    "Facet",
    "Filters",
    "Held",
    "Index",
    "IndexHit",
    "Link",
    "OnnxEmbedder",
    "Place",
    "Results",
    "TermWhy",
    "TokenEmbedder",
    "Understood",
    "Unstated",
    "Why",
    "build_index",
    "document_of",
    "document_of_concept",
    "document_of_publication",
    "document_of_text",
    "index_digest",
    "load_embedder",
    "understand",
    "variables_of",
]
