"""InvenioRDM."""

import pytest

from sciknow.testing.hostile.searches import InvenioDialect
from sciknow.testing.protocol import ProtocolTests


class TestInvenio(ProtocolTests):
    @pytest.fixture
    def dialect(self):
        return InvenioDialect()
