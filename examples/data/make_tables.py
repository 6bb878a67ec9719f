"""Writes the tables that the examples of files and databases read.

Output, beside this script:
  digits.parquet  the first 200 rows of models/digits.csv, in two row groups, compressed with Snappy
  digits.db       the same rows as the table `digits` of a SQLite file, with a key `id` that rises
  meters.jsonl    three days of two meters, every half hour: a daily curve of load, and the outside temperature that drives it

Packages: pyarrow. Run: python examples/data/make_tables.py
"""

import csv
import json
import math
import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pyarrow
import pyarrow.parquet

HERE = Path(__file__).resolve().parent
DIGITS = HERE.parents[1] / "models" / "digits.csv"
ROWS = 200
HALF_HOURS = 3 * 48
BEGIN = datetime(2026, 3, 2, tzinfo=timezone.utc)


def digits():
    """Returns the header and the first rows, as whole numbers."""
    with DIGITS.open(newline="") as file:
        header, *rows = csv.reader(file)
    return header, [[int(value) for value in row] for row in rows[:ROWS]]


def write_parquet(header, rows):
    columns = {name: pyarrow.array(values, pyarrow.int8()) for name, values in zip(header, zip(*rows))}
    pyarrow.parquet.write_table(pyarrow.table(columns), HERE / "digits.parquet", compression="snappy", row_group_size=ROWS // 2)


def write_sqlite(header, rows):
    path = HERE / "digits.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE digits (id INTEGER PRIMARY KEY, {', '.join(f'{name} INTEGER' for name in header)})")
        database.executemany(f"INSERT INTO digits VALUES (?{', ?' * len(header)})", [[10 * (at + 1), *row] for at, row in enumerate(rows)])
    database.close()


def write_lines():
    with (HERE / "meters.jsonl").open("w") as file:
        for at in range(HALF_HOURS):
            time = BEGIN + timedelta(minutes=30 * at)
            day = math.cos(2 * math.pi * (at / 48 - 0.6))
            for site, size in (("north", 1.0), ("south", 2.5)):
                celsius = 6 + 5 * day
                row = {
                    "at": time.isoformat().replace("+00:00", "Z"),
                    "site": site,
                    "load": round(size * (12 - 0.4 * celsius + 3 * day), 3),
                    "weather": {"celsius": round(celsius, 2)},
                }
                file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    table = digits()
    write_parquet(*table)
    write_sqlite(*table)
    write_lines()
