"""Simulates people who walk past a camera, as a detector sees them, and writes what truly happened.

The picture is 640 x 360. People come from the left or from the right at some height, walk at their own pace and leave on the other side; a
few turn back in the middle. The detector's boxes tremble, one in twelve detections is missing, and now and then it sees somebody where
nobody is. What is real here is the arithmetic only: no camera was there.

Output:
  examples/data/scene.csv   header, then for each of 8 places left, top, right, bottom, score and class; places that are not filled are 0
  models/boxes_from_rows.onnx   input `features` float32 [N, 48], output `boxes` float32 [N, 8, 6]: the same numbers, shaped as a detector's
  models/scene.json         how many people there were, how many crossed the middle in each direction, and the most who were there at once

Packages: numpy, onnx. Run: python models/make_scene.py
"""

import csv
import json
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

SEED, ROWS, PEOPLE, PLACES = 20_260_501, 900, 28, 8
WIDTH, HEIGHT, MIDDLE = 640.0, 360.0, 320.0
MISSING, PHANTOM = 1 / 12, 1 / 60
EDGES = ("left", "top", "right", "bottom", "score", "class")
ROOT = Path(__file__).resolve().parent.parent


def walk(random, start):
    """Returns the rows in which a person is seen, and where the feet are in each."""
    forward = random.random() < 0.6
    turns = random.random() < 0.15
    pace, feet = random.uniform(4.0, 7.0), random.uniform(150.0, 340.0)
    way = numpy.arange(-10.0, WIDTH + 10.0, pace)
    if turns:
        half = way[way < MIDDLE + 80.0]
        way = numpy.concatenate([half, half[::-1]])
    x = way if forward else WIDTH - way
    return start + numpy.arange(len(x)), x, feet + 4.0 * numpy.sin(numpy.arange(len(x)) / 9.0)


def box(random, x, feet):
    """Returns the box of a person whose size follows from how near the feet are, with a tremble."""
    height = 40.0 + 0.35 * feet
    edges = numpy.array([x - height / 5.0, feet - height, x + height / 5.0, feet]) + random.standard_normal(4) * 1.2
    return [*(round(float(edge), 1) for edge in edges), round(float(random.uniform(0.6, 0.98)), 2), 0]


def simulate(random):
    rows = [[] for _ in range(ROWS)]
    present = numpy.zeros(ROWS, dtype=int)
    truth = {"people": 0, "forward": 0, "backward": 0}
    for start in numpy.linspace(5, ROWS - 170, PEOPLE).astype(int):
        seen, x, feet = walk(random, start)
        inside = seen < ROWS
        truth["people"] += 1
        right = x[inside] >= MIDDLE
        truth["forward"] += int((~right[:-1] & right[1:]).sum())
        truth["backward"] += int((right[:-1] & ~right[1:]).sum())
        for row, place, height in zip(seen[inside], x[inside], feet[inside]):
            present[row] += 1
            if random.random() >= MISSING and len(rows[row]) < PLACES:
                rows[row].append(box(random, place, height))
    for row in rows:
        if random.random() < PHANTOM and len(row) < PLACES:
            row.append(box(random, random.uniform(0.0, WIDTH), random.uniform(150.0, 340.0)))
        row.sort(key=lambda detection: -detection[4])
    return rows, truth | {"most": int(present.max()), "rows": ROWS}


def to_onnx():
    """Returns a model that shapes rows of numbers as boxes, so that a file can stand for a detector."""
    shape = numpy_helper.from_array(numpy.array([-1, PLACES, len(EDGES)], dtype=numpy.int64), "shape")
    graph = helper.make_graph(
        [helper.make_node("Reshape", ["features", "shape"], ["boxes"])],
        "boxes_from_rows",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", PLACES * len(EDGES)])],
        [helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["N", PLACES, len(EDGES)])],
        [shape],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="neurite")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    rows, truth = simulate(numpy.random.RandomState(SEED))
    with (ROOT / "examples/data/scene.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f"{edge}_{place}" for place in range(PLACES) for edge in EDGES])
        for row in rows:
            numbers = [number for detection in row for number in detection]
            writer.writerow(numbers + [0] * (PLACES * len(EDGES) - len(numbers)))
    onnx.save(to_onnx(), ROOT / "models/boxes_from_rows.onnx")
    (ROOT / "models/scene.json").write_text(json.dumps(truth, indent=2) + "\n")
    print(json.dumps(truth, indent=2))


if __name__ == "__main__":
    main()
