"""Says what the alarms find on other streets than the committed one, with the same episodes in other orders.

`python other_streets.py 1000 10` draws ten streets, from these seeds on.

Packages: as make.py, whose detector.onnx it reads. Output: to the terminal.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy

import make


def street(seed, video):
    """Draws a street; returns the number of acts, and what the alarms find."""
    random = numpy.random.RandomState(seed)
    acts = make.shoot(random, video, [str(kind) for kind in random.permutation(make.EPISODES)])
    return len(acts), make.alarms(video, acts)[1]


def main():
    first, count = map(int, sys.argv[1:])
    acts, sums = 0, {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            done, told = street(seed, Path(folder) / "street.mp4")
            print(seed, done, "acts:", json.dumps(told), flush=True)
            acts += done
            for instance, figures in told.items():
                known = sums.setdefault(instance, dict.fromkeys(figures, 0))
                sums[instance] = {key: known[key] + number for key, number in figures.items()}
    print(acts, "acts:", json.dumps(sums, indent=2))


if __name__ == "__main__":
    main()
