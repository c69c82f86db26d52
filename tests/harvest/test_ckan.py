"""CKAN."""

import pytest

from sciknow.testing.hostile import CkanDialect
from sciknow.testing.protocol import ProtocolTests


class TestCkan(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return CkanDialect()
