"""Says how many heads the pipeline leaves to be seen on other streets than the committed one, with and without its memory.

MASK_VIDEO's memory is written here once more, as compute/plugins/business/src/{tracking,mask_video} have it: what was detected is followed
from picture to picture, and masked wherever it can have gone at the pace it had. `python other_streets.py 10` draws ten streets.

Packages: as make.py, whose model.onnx it reads. Output: to the terminal.
"""

import sys
import tempfile
from pathlib import Path

import numpy
import onnx

import make

HOLD, MIN_OVERLAP = 24, 0.1


class Thing:
    """What is followed."""

    def __init__(self, box, row):
        self.box, self.row, self.pace, self.rows = box, row, numpy.zeros(2), 1

    def moved(self, row):
        """Returns how far it has gone by a row, to the right and down."""
        return self.pace * (row - self.row)

    def reach(self, row):
        """Returns everywhere it can be in a row."""
        gone = abs(self.moved(row))
        return numpy.concatenate([self.box[:2] - gone, self.box[2:] + gone])

    def follow(self, box, row):
        centre = lambda edges: (edges[:2] + edges[2:]) / 2
        pace = (centre(box) - centre(self.box)) / (row - self.row)
        self.pace = pace if self.rows == 1 else (self.pace + pace) / 2
        self.box, self.row, self.rows = box, row, self.rows + 1


def step(things, boxes, row):
    """Follows things with the boxes of a row; returns those that are left and what was expected of them."""
    expected = {id(thing): thing.reach(row) for thing in things}
    pairs = []
    for at, thing in enumerate(things):
        place = thing.box + numpy.tile(thing.moved(row), 2)
        pairs += [(-overlap, at, box) for box, overlap in enumerate(make.overlaps(boxes, place)) if overlap >= MIN_OVERLAP]
    followed, taken = set(), set()
    for _, at, box in sorted(pairs):
        if at not in followed and box not in taken:
            followed.add(at)
            taken.add(box)
            things[at].follow(boxes[box], row)
    things = [thing for thing in things if row - thing.row <= HOLD]
    masks = [expected[id(thing)] for thing in things]
    return things + [Thing(box, row) for at, box in enumerate(boxes) if at not in taken], masks


def street(seed, model):
    """Returns how many heads are seen without and with memory, and which share of the pictures is masked with it."""
    pictures, heads = make.draw(numpy.random.RandomState(seed), sunny=False)
    found = [make.detections(answer) for answer in make.answers(model, make.film(pictures))]
    things, without, memory, share = [], 0, 0, 0.0
    for row, (kept, truth) in enumerate(zip(found, heads)):
        things, masks = step(things, numpy.array(kept).reshape(-1, 4), row)
        without += make.seen(kept, truth)
        memory += make.seen(kept + masks, truth)
        share += make.masked(kept + masks).mean() / make.FRAMES
    return int(without), int(memory), share


def main():
    model = onnx.load(make.HERE / "model.onnx")
    streets = int(sys.argv[1])
    totals = numpy.zeros(3)
    with tempfile.TemporaryDirectory() as folder:
        make.HERE = Path(folder)
        for seed in range(1000, 1000 + streets):
            counts = street(seed, model)
            totals += counts
            print(f"street {seed}: {counts[0]} heads seen without memory, {counts[1]} with it, {counts[2]:.0%} masked", flush=True)
    print(f"{totals[0]:.0f} and {totals[1]:.0f} of {streets * make.FRAMES * 4} heads, {totals[2] / streets:.0%} masked")


if __name__ == "__main__":
    main()
