"""Simulates the hourly demand of a warehouse: a daily course, a slow growth, noise, and a slack seventh day.

Output: examples/data/demand.csv, a column `demand`, 60 days of 24 rows. What is real here is the arithmetic only.

Packages: numpy. Run: python models/make_demand.py
"""

from pathlib import Path

import numpy

SEED, DAYS, HOURS = 20_260_401, 60, 24
TARGET = Path(__file__).resolve().parent.parent / "examples/data/demand.csv"


def main():
    random = numpy.random.RandomState(SEED)
    hour = numpy.arange(DAYS * HOURS)
    day = 2.0 * numpy.pi * (hour % HOURS) / HOURS
    course = 100.0 + 0.02 * hour - 35.0 * numpy.cos(day) - 12.0 * numpy.cos(2.0 * day + 0.7)
    slack = numpy.where(hour // HOURS % 7 == 6, 0.8, 1.0)
    demand = course * slack + random.standard_normal(len(hour)) * 6.0
    TARGET.write_text("demand\n" + "".join(f"{value:.2f}\n" for value in demand))


if __name__ == "__main__":
    main()
