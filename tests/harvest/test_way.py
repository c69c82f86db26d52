"""Ways to the data as records name them."""

import pytest

from sciknow.harvest.way import Way, distributions, reader_of


@pytest.mark.parametrize(
    ("address", "kind", "reader"),
    [
        ("https://a.org/x", "application/x-netcdf", "netcdf"),
        ("https://a.org/x", "NetCDF", "netcdf"),
        ("https://a.org/x.csv", "", "csv"),
        ("https://a.org/x.csv?download=1", "application/octet-stream", "csv"),
        ("https://a.org/x.zarr/", "", "zarr"),
        ("https://a.org/x.csv", "text/html", ""),
        ("https://a.org/x", "WMS", ""),
        ("https://a.org/x.json", "", ""),
        ("https://a.org/x.geojson", "application/geo+json", ""),
        ("https://a.org/x.json", "application/vnd.kerchunk+json", "kerchunk"),
        ("https://a.org/x", "image/tiff; application=geotiff; profile=cloud-optimized", "geotiff"),
    ],
)
def test_a_reader_is_told_by_media_type_then_suffix(address, kind, reader):
    assert reader_of(address, kind) == reader


def test_ways_are_numbered_and_each_address_stands_once():
    ways = [
        Way(url="https://a.org/x.nc", size="12"),
        Way(url="javascript:alert(1)"),
        Way(url="https://a.org/x.nc"),
        Way(url="https://a.org/page", media_type="text/html", size=-1),
    ]
    found = distributions("s.d", ways)
    assert [(item.id, item.reader, item.byte_size) for item in found] == [
        ("s.d-1", "netcdf", 12),
        ("s.d-2", "", None),
    ]
