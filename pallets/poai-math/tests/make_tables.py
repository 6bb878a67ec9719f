#!/usr/bin/env python3
"""Writes exp_table.txt and ln_table.txt: arguments with at most 18 decimals and their images with 50 significant digits.

The arithmetic is Python's `decimal` with 90 digits, whose exp() and ln() are rounded correctly. The same tables come out every
time: python3 make_tables.py
"""

import pathlib
import random
from decimal import Context, Decimal, getcontext

getcontext().prec = 90
HERE = pathlib.Path(__file__).resolve().parent
UNIT = Decimal(10) ** -18
ROUND = Context(prec=50)


def exp_arguments():
    """Returns the ends, their neighbours, multiples of 1/64, powers of two, multiples of ln 2 and random points of [-8, 8]."""
    draw = random.Random(20260901)
    points = {Decimal(step) / 64 for step in range(-8 * 64, 8 * 64 + 1)}
    for exponent in range(-3, 19):
        points |= {sign / Decimal(2) ** exponent for sign in (1, -1)}
    for doublings in range(-11, 12):
        meeting = (doublings * Decimal(2).ln()).quantize(UNIT)
        points |= {meeting - UNIT, meeting, meeting + UNIT}
    points |= {UNIT, -UNIT, 8 - UNIT, UNIT - 8}
    points |= {Decimal(draw.randint(-8 * 10**18, 8 * 10**18)) * UNIT for _ in range(400)}
    return sorted(points)


def ln_arguments():
    """Returns the ends, powers of two and ten, points around one and random points of all magnitudes."""
    draw = random.Random(20260902)
    top = (2**128 - 1) * UNIT
    points = {UNIT, top, Decimal(1) - UNIT, Decimal(1), Decimal(1) + UNIT}
    points |= {Decimal(2) ** exponent for exponent in range(-18, 68)}
    points |= {Decimal(10) ** exponent for exponent in range(-18, 21)}
    points |= {Decimal(step) / 256 for step in range(1, 1025)}
    for _ in range(600):
        points.add(Decimal(draw.randint(1, 2 ** draw.randint(1, 128) - 1)) * UNIT)
    return sorted(points)


def write(name, arguments, function):
    """Writes one line per argument: the argument, a space, its image."""
    lines = [f"{argument:f} {ROUND.plus(function(argument)):f}" for argument in arguments]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="ascii")


def main():
    """Writes both tables."""
    write("exp_table.txt", exp_arguments(), lambda x: x.exp())
    write("ln_table.txt", ln_arguments(), lambda x: x.ln())


if __name__ == "__main__":
    main()
