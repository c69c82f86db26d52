"""A transport's way to the cache: what is taken from it, when, and what is put there."""

from __future__ import annotations

from collections.abc import Mapping

from sciknow.model.preserved import FileVersion
from sciknow.net import check_online, is_offline, redact
from sciknow.wire.answer import Reply, Span
from sciknow.wire.cache import Cache, Found
from sciknow.wire.trouble import HINTS, Absent, TroubleKind

HEAD: Span = (0, 0)
"""Stands for a request that asks for the size alone."""


class Kept:
    """The cache as one transport sees it.

    Parameters
    ----------
    cache : Cache or None
        None keeps and finds nothing.
    options : mapping
        Options of the object store: the same address at another endpoint is another source.
    """

    def __init__(self, cache: Cache | None, options: Mapping[str, object]) -> None:
        self.cache = cache
        self._place = str(options.get("endpoint_url") or options.get("client_kwargs") or "")

    def find(self, url: str, span: Span, *, document: bool, tag: str = "") -> Reply | None:
        """Return what is kept, or None where the source has to be asked.

        Parameters
        ----------
        document : bool
            Whether it is metadata, which are asked for again unless sciknow is offline.
        tag : str
            The source's validator now, where it is known.

        Raises
        ------
        Absent
            When the source said that there is nothing.
        SourceUnavailable
            When sciknow is offline and nothing is kept.
        """
        offline = is_offline()
        found = None
        if self.cache is not None and (offline or not document):
            age = None if offline else self.cache.max_age
            found = self.cache.get(self._key(url, span), max_age=age, tag=tag)
        if found is None:
            check_online(
                f"{redact(url)} is not kept here, and",
                instead="open what has been opened with a cache before",
            )
        if found is not None and found.absent:
            words = found.words or f"{redact(url)}: nothing there"
            raise Absent(words, hint=HINTS[TroubleKind.ABSENT])
        return None if found is None else Reply(found.body, FileVersion(found.total, found.tag))

    def keep(self, url: str, span: Span, reply: Reply | None, words: str = "") -> None:
        """Put what came into the cache; None says that the source has nothing, in its words."""
        if self.cache is None or (reply is not None and reply.whole):
            return
        found = (
            Found(absent=True, words=words)
            if reply is None
            else Found(reply.body, False, reply.tag, reply.total)
        )
        self.cache.put(self._key(url, span), found)

    def _key(self, url: str, span: Span) -> str:
        return f"{self._place}|{url}|{span[0]}|{span[1]}"
