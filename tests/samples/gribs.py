"""GRIB messages, written from the WMO Manual on Codes: regular grids, simple packing.

Editions 1 and 2. Values are ``reference + 2**-4 * integer``, so that they are kept exactly.
"""

import struct

import numpy as np

LATS, LONS = np.linspace(60, 0, 7), np.arange(0, 120, 10.0)
SHAPE = (LATS.size, LONS.size)
TEMPERATURE, U_WIND = (0, 0), (2, 2)  # discipline 0: category and number
ISOBARIC, ABOVE_GROUND = 100, 103
_SCALE = -4


def values(seed, low=256):
    """Values that a message keeps exactly."""
    numbers = np.random.default_rng(seed).integers(0, 4000, SHAPE)
    return (low + numbers * 2.0**_SCALE).astype("f4")


def signed(number, count):
    """A number with its sign in the first bit, as GRIB has it."""
    return (abs(number) | ((number < 0) << (8 * count - 1))).to_bytes(count, "big")


def packed(numbers, bits):
    """Whole numbers of so many bits, one after the other, filled up to whole bytes."""
    places = np.arange(bits - 1, -1, -1)
    return np.packbits(((numbers[:, None] >> places) & 1).astype("u1").ravel()).tobytes()


def section(number, body):
    return struct.pack(">IB", len(body) + 5, number) + body


def product(parameter=TEMPERATURE, surface=ABOVE_GROUND, level=2, step=0):
    body = struct.pack(">HHBBBBBHBBI", 0, 0, *parameter, 2, 0, 0, 0, 0, 1, step)
    return section(4, body + struct.pack(">BBI", surface, 0, level) + b"\xff" * 6)


def grid():
    degrees = [round(at * 1e6) for at in (LATS[0], LONS[0], LATS[-1], LONS[-1])]
    la1, lo1, la2, lo2 = (signed(number, 4) for number in degrees)
    body = struct.pack(">BIBBH", 0, LATS.size * LONS.size, 0, 0, 0)
    body += struct.pack(">B", 6) + b"\0" * 15 + struct.pack(">II", LONS.size, LATS.size)
    body += b"\0" * 4 + b"\xff" * 4 + la1 + lo1 + b"\x30" + la2 + lo2
    return section(3, body + struct.pack(">IIB", 10_000_000, 10_000_000, 0))


def data(array, bitmap="own"):
    """Sections 5 to 7; points that are NaN are left out by a bitmap, or by the one before."""
    flat = array.ravel()
    there = ~np.isnan(flat)
    low = float(flat[there].min())
    numbers = np.round((flat[there] - low) / 2.0**_SCALE).astype("i8")
    head = struct.pack(">IHf", numbers.size, 0, low) + signed(_SCALE, 2) + b"\0\0\x0c\0"
    if bitmap == "before":
        mask = b"\xfe"
    else:
        mask = b"\xff" if there.all() else b"\0" + np.packbits(there).tobytes()
    return section(5, head) + section(6, mask) + section(7, packed(numbers, 12))


def message2(array, date=(2020, 1, 2), hour=6, extra=(), **keys):
    """A message of edition 2; `extra` holds more fields of it as (array, keys, bitmap)."""
    when = struct.pack(">HHBBBHBBBBBBB", 7, 0, 27, 0, 1, *date, hour, 0, 0, 0, 1)
    body = section(1, when) + grid() + product(**keys) + data(array)
    for more, own, bitmap in extra:
        body += product(**own) + data(more, bitmap)
    return b"GRIB\0\0\0\x02" + struct.pack(">Q", 16 + len(body) + 4) + body + b"7777"


def ibm(number):
    """A number as IBM's floating point of four bytes."""
    exponent = 64
    while number >= 1:
        number, exponent = number / 16, exponent + 1
    return struct.pack(">B", exponent) + round(number * 2**24).to_bytes(3, "big")


def message1(array, date=(2020, 1, 2), hour=6, parameter=11, surface=100, level=500):
    """A message of edition 1 without missing points."""
    year, month, day = date
    pds = struct.pack(">BBBBBBBH", 3, 7, 0, 255, 0x80, parameter, surface, level)
    pds += struct.pack(">BBBBBBBBBHBBB", year % 100, month, day, hour, 0, 1, 0, 0, 0, 0, 0, 21, 0)
    pds = (28).to_bytes(3, "big") + pds + b"\0\0"
    la1, lo1, la2, lo2 = (
        signed(round(at * 1e3), 3) for at in (LATS[0], LONS[0], LATS[-1], LONS[-1])
    )
    gds = b"\0\xff\0" + struct.pack(">HH", LONS.size, LATS.size) + la1 + lo1 + b"\x80" + la2 + lo2
    gds = (32).to_bytes(3, "big") + gds + struct.pack(">HHB", 10_000, 10_000, 0) + b"\0" * 4
    low = float(array.min())
    numbers = np.round((array.ravel() - low) / 2.0**_SCALE).astype("i8")
    bits = packed(numbers, 12)
    bits += b"\0" * ((11 + len(bits)) % 2)
    bds = (
        (11 + len(bits)).to_bytes(3, "big") + b"\0" + signed(_SCALE, 2) + ibm(low) + b"\x0c" + bits
    )
    body = pds + gds + bds + b"7777"
    return b"GRIB" + (8 + len(body)).to_bytes(3, "big") + b"\x01" + body
