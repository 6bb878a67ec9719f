#!/usr/bin/env python3
"""Writes exp_table.txt, ln_table.txt and index_table.txt: arguments and their images with 50 significant digits.

Arguments of exp and ln have at most 18 decimals; those of the index are a score and units, with the references below. The arithmetic is Python's `decimal` with 90 digits, whose exp() and ln() are rounded correctly. The same tables come out every
time: python3 make_tables.py
"""

import pathlib
import random
from decimal import Context, Decimal, getcontext

getcontext().prec = 90
HERE = pathlib.Path(__file__).resolve().parent
UNIT = Decimal(10) ** -18
ROUND = Context(prec=50)
SCORE_REF = Decimal(100_000)
UNITS_REF = Decimal(10) ** 15


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


def index_arguments():
    """Returns scores from below the floor of capacity to above its ceiling, with units from none to beyond the ceiling of `actual`."""
    draw = random.Random(20260903)
    scores = [0, 1, 1_831, 1_832, 5_000, 25_000, 99_999, 100_000, 300_000, 2_000_000, 5_459_815, 5_459_816, 2**64 - 1]
    works = [0, 1, 10**9, 10**15 - 1, 10**15, 4 * 10**15, 53 * 10**15, 54 * 10**15, 3_000 * 10**15, 2**128 - 1]
    points = {(score, units) for score in scores for units in works}
    points |= {(draw.randint(1, 2 ** draw.randint(10, 24)), draw.randint(0, 2 ** draw.randint(40, 60))) for _ in range(200)}
    return sorted(points)


def index(score, units):
    """Returns e^(capacity + actual) as the specification has it, step by step."""
    lowest, highest = Decimal(-4), Decimal(4)
    capacity = max(lowest, min(highest, (score / SCORE_REF).ln())) if score else lowest
    actual = min(highest, (1 + units / UNITS_REF / capacity.exp()).ln())
    return (capacity + actual).exp()


def write(name, lines):
    """Writes lines of arguments, each with its image at the end."""
    lines = [f"{arguments} {ROUND.plus(image):f}" for arguments, image in lines]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="ascii")


def main():
    """Writes the tables."""
    write("exp_table.txt", ((f"{x:f}", x.exp()) for x in exp_arguments()))
    write("ln_table.txt", ((f"{x:f}", x.ln()) for x in ln_arguments()))
    points = ((Decimal(score), Decimal(units)) for score, units in index_arguments())
    write("index_table.txt", ((f"{score} {units}", index(score, units)) for score, units in points))


if __name__ == "__main__":
    main()
