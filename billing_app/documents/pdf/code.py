"""The payment code as a matrix of modules.

segno draws any QR code; a run of thousands of papers needs it faster. For the sizes a payment
code has, segno makes one template per version and only the data are placed here: the same modules,
a tenth of the time (a test compares them). Sources: ISO/IEC 18004, tables 9 and 13 to 22.
"""

from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest

import segno

MASK = 3  # any of the eight reads alike; weighing them all costs more than the rest of the page
# Level M, versions 5 to 9: data codewords of each block, and check codewords per block.
BLOCKS = {
    5: ((43, 43), 24),
    6: ((27, 27, 27, 27), 16),
    7: ((31, 31, 31, 31), 18),
    8: ((38, 38, 39, 39), 22),
    9: ((36, 36, 36, 37, 37), 22),
}
FIELD = 0x11D
BYTE_MODE = 0b0100
OVERHEAD = 2  # mode, length and terminator fill two codewords up to version 9
PADS = (0xEC, 0x11)
TIMING_COLUMN, FORMAT_ROW = 6, 8

Matrix = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A version without data: its modules in one row, and where data bits go, mask included."""

    side: int
    modules: bytes
    places: tuple[tuple[int, int], ...]


def matrix(payload: str) -> Matrix:
    """The modules of a text, error level M."""
    content = payload.encode("utf-8", "replace")
    for version, (sizes, checks) in BLOCKS.items():
        if len(content) + OVERHEAD <= sum(sizes):
            return placed(template(version), interleaved(codewords(content, sizes), checks))
    return tuple(bytes(row) for row in by_segno(content.decode(), None).matrix)


def by_segno(text: str, version: int | None) -> segno.QRCode:
    """A code made by the library, whatever its size."""
    return segno.make_qr(
        text, error="m", version=version, boost_error=False, encoding="utf-8", mask=MASK
    )


@cache
def template(version: int) -> Template:
    """Take the fixed patterns from segno and walk the data area as the standard does."""
    made = by_segno("x", version)
    side = len(made.matrix)
    kinds = [list(row) for row in made.matrix_iter(border=0, verbose=True)]
    data = (segno.consts.TYPE_DATA_DARK, segno.consts.TYPE_DATA_LIGHT)
    is_data = [[kind in data for kind in row] for row in kinds]
    is_data[FORMAT_ROW][side - 9] = True  # segno names it part of the format, but fills it right
    places: list[tuple[int, int]] = []
    right, goes_up = side - 1, True
    while right > 0:
        right -= right == TIMING_COLUMN
        for row in range(side - 1, -1, -1) if goes_up else range(side):
            places.extend(
                (row * side + column, int((row + column) % 3 == 0))
                for column in (right, right - 1)
                if is_data[row][column]
            )
        right, goes_up = right - 2, not goes_up
    return Template(side, b"".join(map(bytes, made.matrix)), tuple(places))


def codewords(content: bytes, sizes: tuple[int, ...]) -> list[bytes]:
    """Mode, length, content, terminator and padding, cut into blocks."""
    bits = (BYTE_MODE << 8 | len(content)) << 8 * len(content) | int.from_bytes(content, "big")
    data = (bits << 4).to_bytes(len(content) + OVERHEAD, "big")
    room = sum(sizes) - len(data)
    data += bytes(PADS * (room // 2 + 1))[:room]
    blocks, start = [], 0
    for size in sizes:
        blocks.append(data[start : start + size])
        start += size
    return blocks


def interleaved(blocks: list[bytes], checks: int) -> bytes:
    """First data, then check codewords, one of each block in turn."""
    data = chain.from_iterable(zip_longest(*blocks))
    ends = chain.from_iterable(zip(*(check(block, checks) for block in blocks), strict=True))
    return bytes(word for word in data if word is not None) + bytes(ends)


def check(block: bytes, checks: int) -> bytes:
    """The Reed-Solomon remainder of a block, a byte at a time."""
    steps, top, keep = remainders(checks), 8 * (checks - 1), (1 << 8 * checks) - 1
    remainder = 0
    for byte in block:
        remainder = (remainder << 8 & keep) ^ steps[(remainder >> top) ^ byte]
    return remainder.to_bytes(checks, "big")


@cache
def remainders(checks: int) -> tuple[int, ...]:
    """For each leading byte, what the generator polynomial leaves of it."""
    generator, root = [1], 1
    for _ in range(checks):
        shifted = [*generator, 0]
        for at, factor in enumerate(generator):
            shifted[at + 1] ^= product(factor, root)
        generator, root = shifted, product(root, 2)
    return tuple(
        int.from_bytes(bytes(product(factor, lead) for factor in generator[1:]), "big")
        for lead in range(256)
    )


def product(left: int, right: int) -> int:
    """Multiply in the field of 256 elements."""
    found = 0
    while right:
        if right & 1:
            found ^= left
        left = left << 1 ^ (FIELD if left & 0x80 else 0)
        right >>= 1
    return found


def placed(blank: Template, words: bytes) -> Matrix:
    """Write the codewords into the data area; bits left over are zero."""
    modules = bytearray(blank.modules)
    bits = f"{int.from_bytes(words, 'big'):0{8 * len(words)}b}".ljust(len(blank.places), "0")
    for (place, mask), bit in zip(blank.places, bits, strict=True):
        modules[place] = mask ^ (bit == "1")
    side = blank.side
    return tuple(bytes(modules[at : at + side]) for at in range(0, side * side, side))
