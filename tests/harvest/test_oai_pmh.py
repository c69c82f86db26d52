"""OAI-PMH."""

import pytest

from sciknow.testing.hostile import OaiDialect
from sciknow.testing.protocol import ProtocolTests


class TestOaiPmh(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return OaiDialect()
