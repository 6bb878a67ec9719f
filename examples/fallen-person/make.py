"""Draws a room in which people walk, bend, stumble and fall, trains a detector on such drawings, and measures the alarm.

The room. A wall with a door, a sofa, a floor; 160 x 96 pixels, eight pictures a second. One after the other,

  walk     somebody walks through
  bend     somebody picks up something: the trunk goes down for a second, the legs do not
  stumble  somebody falls and is up again within two seconds
  fall     somebody falls and lies there for six to nine seconds
  dog      a dog runs through, as low and as long as somebody who lies

Each person has clothes, size and pace of their own.

The detector. A perceptron with one hidden layer looks at windows of 48 x 48 pixels and tells nothing, somebody upright and somebody who lies
apart; as convolutions it looks at all windows at once (models/windows.py). It learns from other drawings than those of the video, with
other people in them.

Output, beside this script:
  room.mp4       the video, H.264
  detector.onnx  input `image` float32 [N, 3, 96, 160] from 0 to 1; outputs `places` [N, 6, places], boxes in the form of YOLOv8 with the
                 scores of upright and lying, and `lying` [N, 1], the best score of somebody who lies
  expected.json  the truth, rows from 1: the first and the last row of each fall, until the person stands again; and what the alarm finds with
                 and without confirmation, by Python's onnxruntime on exactly these files

Packages: numpy, scikit-learn, onnx, onnxruntime==1.31.1; programs: ffmpeg with libx264. Run: python examples/fallen-person/make.py
"""

import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from sklearn.neural_network import MLPClassifier

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models"))
import figures  # noqa: E402
import film  # noqa: E402
import windows  # noqa: E402
from perceptron import Graph  # noqa: E402

SEED, RATE = 20_260_901, 8
WIDTH, HEIGHT = 160, 96
SIZE = (12, 12)
# Width and height of somebody upright and of somebody who lies.
BOXES = [(18, 44), (44, 18)]
EPISODES = ["walk", "stumble", "fall", "bend", "dog", "stumble", "walk", "fall", "bend", "stumble", "fall", "dog", "stumble", "walk", "fall", "bend"]
HERE = Path(__file__).resolve().parent
VIDEO = HERE / "room.mp4"


def room(random):
    picture = numpy.zeros((HEIGHT, WIDTH, 3))
    picture[:46] = (176, 168, 150)
    picture[46:] = (120, 92, 66)
    picture[46::7] *= 0.9
    picture[10:46, 120:138] = (112, 80, 58)
    picture[34:50, 14:56] = (78, 92, 84)
    picture[26:38, 14:56] = (92, 106, 96)
    picture[8:20, 68:92] = (150, 190, 214)
    return picture + random.normal(0, 2, picture.shape)


def draw_dog(picture, colour, paws, stride, side):
    shoulder, rump = numpy.array(paws) + (side * 8, -8), numpy.array(paws) + (-side * 8, -8)
    for leg, top in ((stride, shoulder), (-stride, shoulder), (stride, rump), (-stride, rump)):
        figures.capsule(picture, top, (top[0] + 2.5 * leg, paws[1]), 1.3, colour)
    figures.capsule(picture, rump, shoulder, 3.6, colour)
    figures.capsule(picture, shoulder + (side * 4, -5), shoulder + (side * 7, -4), 2.6, colour)
    figures.capsule(picture, rump, rump + (-side * 5, -5), 1.1, colour)
    return (shoulder + rump) / 2


def postures(random, kind):
    """Returns how far somebody has fallen and is bent in each row of what happens at one place, between walking in and out."""
    ramp = lambda rows: numpy.linspace(0, 1, rows + 2)[1:-1]
    held = {"walk": 0, "dog": 0, "bend": 7, "stumble": int(random.randint(4, 9)), "fall": int(random.randint(48, 72))}[kind]
    down, up = (ramp(3), ramp(4)[::-1]) if kind != "fall" else (ramp(4), ramp(10)[::-1])
    way = [*down, *[1.0] * held, *up] if held else []
    return [(0.0, share) if kind == "bend" else (share, 0.0) for share in way]


def episode(random, kind):
    """Yields for each row what to draw: position, posture, and whether somebody lies."""
    side, pace = random.choice([-1, 1]), random.uniform(2.2, 3.2) * (2 if kind == "dog" else 1)
    feet, stop = random.uniform(60, 71), random.uniform(60, 100)
    walk = numpy.arange(-20.0, WIDTH + 20, pace)
    before = int(numpy.searchsorted(walk, stop))
    at = lambda x: (x if side > 0 else WIDTH - x, feet)
    stride = lambda row: numpy.sin(row * 1.1)
    for row, x in enumerate(walk[:before]):
        yield at(x), (0.0, 0.0), stride(row), side
    for posture in postures(random, kind):
        yield at(walk[before]), posture, 0.0, side
    for row, x in enumerate(walk[before:]):
        yield at(x), (0.0, 0.0), stride(row), side


def scenes(random, kinds):
    """Yields pictures with what is to be seen on each: its kind, where its middle is, and its posture."""
    background = room(random)
    for kind in kinds:
        who, fur = figures.person(random), random.uniform(30, 200) * numpy.array([1, 0.85, 0.7])
        for place, (fallen, bent), stride, side in episode(random, kind):
            picture = background.copy()
            if kind == "dog":
                middle = draw_dog(picture, fur, place, stride, side)
            else:
                middle = figures.draw_person(picture, who, place, fallen, bent, stride, side)
            picture += random.normal(0, 1.5, picture.shape)
            yield numpy.clip(picture, 0, 255).astype(numpy.uint8), (kind, middle, fallen)
        for _ in range(6):
            empty = background + random.normal(0, 1.5, background.shape)
            yield numpy.clip(empty, 0, 255).astype(numpy.uint8), (None, None, 0.0)


def classes(seen):
    """Returns for each window of a picture what it shows: 0 nothing, 1 somebody upright, 2 somebody who lies, -1 what is not to be learnt."""
    kind, middle, fallen = seen
    rows, columns = HEIGHT // windows.BLOCK - SIZE[0] + 1, WIDTH // windows.BLOCK - SIZE[1] + 1
    answer = numpy.zeros((rows, columns), dtype=int)
    if middle is None or kind == "dog":
        return answer
    corner = middle[::-1] / windows.BLOCK - numpy.array(SIZE) / 2
    row, column = numpy.mgrid[0:rows, 0:columns]
    away = numpy.maximum(numpy.abs(row - corner[0]), numpy.abs(column - corner[1]))
    # Who falls is neither upright nor lies for a moment; and a window that shows somebody a little beside the middle is no mistake.
    answer[away <= 3] = -1
    if fallen < 0.2 or fallen > 0.9:
        answer[away <= 1.5] = 1 if fallen < 0.2 else 2
    return answer


def near(seen):
    """Tells for each window whether it is near what is to be seen: there mistakes are made, so from there most is learnt."""
    kind, middle, _ = seen
    rows, columns = HEIGHT // windows.BLOCK - SIZE[0] + 1, WIDTH // windows.BLOCK - SIZE[1] + 1
    row, column = numpy.mgrid[0:rows, 0:columns]
    if middle is None:
        return numpy.zeros((rows, columns), dtype=bool)
    corner = middle[::-1] / windows.BLOCK - numpy.array(SIZE) / 2
    return (numpy.abs(row - corner[0]) <= 8) & (numpy.abs(column - corner[1]) <= 9)


def examples(random):
    """Returns windows and what they show."""
    x, y = [], []
    for _ in range(12):
        kinds = random.choice(["walk", "bend", "stumble", "fall", "dog"], 8, p=[0.2, 0.2, 0.25, 0.2, 0.15])
        for at, (picture, seen) in enumerate(scenes(random, kinds)):
            if at % 2:
                continue
            averages, answer, close = windows.blocks(picture[None])[0], classes(seen), near(seen)
            for chosen, most in ((answer > 0, 5), ((answer == 0) & close, 9), ((answer == 0) & ~close, 3)):
                found = numpy.argwhere(chosen)
                for row, column in found[random.permutation(len(found))[:most]]:
                    x.append(windows.window(averages, row, column, SIZE))
                    y.append(answer[row, column])
    return numpy.array(x), numpy.array(y)


def train(random):
    x, y = examples(random)
    print("windows:", {kind: int((y == kind).sum()) for kind in range(3)})
    network = MLPClassifier(hidden_layer_sizes=(24,), alpha=1e-2, early_stopping=True, n_iter_no_change=4, max_iter=25, random_state=SEED)
    network.fit(x, y)
    graph = Graph()
    probabilities = windows.convolve(graph, network, SIZE)
    places, shape = windows.places(graph, probabilities, (HEIGHT, WIDTH), SIZE, BOXES)
    best = graph.add("ReduceMax", [windows.pick(graph, probabilities, 2, 3)], axes=[2, 3], keepdims=0)
    graph.add("Identity", [best], "lying")
    return windows.model(graph, "fallen-person", (HEIGHT, WIDTH), [(places, shape), ("lying", [1])])


def shoot(random):
    """Writes the video; returns the first and the last row of each fall."""
    pictures, falls, down = [], [], 0
    for picture, (_, _, fallen) in scenes(random, EPISODES):
        pictures.append(picture)
        down = down + 1 if fallen > 0 else 0
        # Who stumbles is up again before that.
        if down == 3 * RATE:
            falls.append({"first_row": len(pictures) - down + 1, "last_row": len(pictures)})
        elif down > 3 * RATE:
            falls[-1]["last_row"] = len(pictures)
    film.write(VIDEO, pictures, RATE)
    return falls


def main():
    onnx.save(train(numpy.random.RandomState(SEED)), HERE / "detector.onnx")
    falls = shoot(numpy.random.RandomState(SEED + 1))
    values = film.answers(VIDEO, HERE / "detector.onnx", "lying")
    result = {
        "rows": len(values),
        "rows_a_second": RATE,
        "falls": falls,
        "alerts": film.alerts(HERE / "pipeline.json", values, falls),
        "onnxruntime": onnxruntime.__version__,
    }
    (HERE / "expected.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
