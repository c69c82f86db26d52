"""Garbage is collected again when the last block is over, and only if it was before."""

from __future__ import annotations

import gc

import pytest

from sciknow.wire.garbage import collection_paused


@pytest.mark.parametrize("before", [True, False])
def test_blocks_may_lie_in_blocks(before):
    was = gc.isenabled()
    try:
        gc.enable() if before else gc.disable()
        with collection_paused():
            with collection_paused():
                assert not gc.isenabled()
            assert not gc.isenabled()
        assert gc.isenabled() is before
        with pytest.raises(ValueError, match="x"), collection_paused():
            raise ValueError("x")
        assert gc.isenabled() is before
    finally:
        gc.enable() if was else gc.disable()
