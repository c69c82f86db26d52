"""STAC APIs."""

import pytest

from sciknow.testing.hostile import StacDialect
from sciknow.testing.protocol import ProtocolTests


class TestStacApi(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return StacDialect()
