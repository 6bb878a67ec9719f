"""Draws a street in which people pass a wall, and some paint on it or break its windows, trains a detector, and measures the alarms.

The street. A wall of bricks with a door and three windows, a pavement; 160 x 96 pixels, eight pictures a second. One after the other,

  pass      somebody walks by, or two do
  umbrella  somebody walks by under a bright umbrella
  wait      somebody stops before the wall for two to twelve seconds and goes on, often with an umbrella
  van       a van of bright colour stops before the wall for three to eight seconds
  spray     somebody stops at the wall, sprays lines on it for four seconds, and leaves; the paint stays
  smash     somebody stops at the wall, breaks a window, and leaves; it stays broken
  clean     somebody stands at the wall while paint and broken glass go away

All the while the light changes, whoever is there or is not: clouds make everything darker, the shadow of something that cannot be seen
comes, stays and goes, and so does the light of a lamp.

The detector. A perceptron with one hidden layer, as convolutions over all windows at once (models/windows.py), finds people. It learns from
other drawings than those of the video: other walls, people, colours and lines.

Output, beside this script:
  wall.mp4       the video, H.264
  detector.onnx  input `image` float32 [N, 3, 96, 160] from 0 to 1; outputs `places` [N, 5, places], boxes of people in the form of YOLOv8,
                 `at_wall` [N, 1], the best score of somebody close to the wall, and `cells` [N, 12, 40, 3], the colours of the wall from 0 to
                 255 in cells of 4 x 4 pixels
  expected.json  the truth, rows from 1: for each act the row in which who did it comes, and the last in which an alarm is not late; and what
                 the alarms find, by Python and its onnxruntime on exactly these files

Packages: numpy, scikit-learn, onnx, onnxruntime==1.31.1; programs: ffmpeg with libx264. Run: python examples/vandalism/make.py
"""

import colorsys
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

SEED, RATE = 20_261_001, 8
WIDTH, HEIGHT, WALL = 160, 96, 64
# Of the wall, what the code watches: the rest is hidden by whatever stands on the pavement.
WATCHED = (8, 56)
PERSON = (12, 6)
BOXES = [(18, 44)]
PANES = [(30, 14, 14, 18), (86, 14, 14, 18), (130, 14, 14, 18)]
SPRAYED, CLEANED = 32, 32
# An alarm that comes later after whoever did it has left is late.
LATE = 10 * RATE
EPISODES = ["pass", "umbrella", "wait", "spray", "pass", "van", "wait", "smash", "umbrella", "wait", "clean", "pass", "smash", "wait"]
EPISODES += ["spray", "pass"]
ACTS = ("spray", "smash")
HERE = Path(__file__).resolve().parent
VIDEO = HERE / "wall.mp4"


def street(random):
    picture = numpy.zeros((HEIGHT, WIDTH, 3))
    picture[:WALL] = random.uniform(0.9, 1.1) * numpy.array([150, 112, 94])
    picture[:WALL:5] *= 0.88
    for course in range(0, WALL, 5):
        picture[course : course + 5, (course // 5 % 2) * 5 : WIDTH : 10] *= 0.92
    picture[WALL:] = (118, 118, 122)
    picture[WALL : WALL + 2] = (160, 160, 160)
    door = random.randint(4, 14)
    picture[26:WALL, door : door + 14] = (74, 62, 54)
    for left, top, width, height in PANES:
        picture[top - 1 : top + height + 1, left - 1 : left + width + 1] = (200, 196, 186)
        picture[top : top + height, left : left + width] = (92, 108, 126)
    return picture + random.normal(0, 2, picture.shape)


def bright(random):
    return 235 * numpy.array(colorsys.hsv_to_rgb(random.random(), random.uniform(0.75, 1), random.uniform(0.8, 1)))


def paint(random):
    return bright(random) if random.random() < 0.7 else random.uniform(12, 45, 3)


class Coming:
    """Something that comes, stays and goes again and again: how much of it is there, from 0 to 1."""

    def __init__(self, random, away, stay, ramp):
        self.random, self.away, self.stay, self.ramp = random, away, stay, ramp
        self.share, self.aim, self.left = 0.0, 0.0, random.uniform(*away)

    def step(self):
        """Moves on by a row; tells whether it comes just now."""
        self.left -= 1
        comes = self.left <= 0 and self.aim == 0
        if self.left <= 0:
            self.aim = 1.0 - self.aim
            self.left = self.random.uniform(*(self.stay if self.aim else self.away))
        self.share += numpy.clip(self.aim - self.share, -1 / self.ramp, 1 / self.ramp)
        return comes


class Sky:
    """The light, as what each pixel is multiplied by."""

    def __init__(self, random):
        self.random = random
        self.cloud, self.shadow = Coming(random, (80, 300), (80, 300), 10), Coming(random, (80, 300), (80, 300), 8)
        self.lamp = Coming(random, (80, 300), (40, 160), 1)
        self.tint, self.depth, self.at = numpy.ones(3), 0.7, (40, 12)

    def step(self):
        random, x = self.random, numpy.arange(WIDTH)
        if self.cloud.step():
            self.tint = random.uniform(0.55, 0.8) * random.uniform(0.97, 1.03, 3)
        if self.shadow.step():
            self.depth, self.edge = random.uniform(0.6, 0.75), (random.uniform(10, 110), random.uniform(15, 45))
        if self.lamp.step():
            self.at = (random.uniform(15, 145), random.uniform(4, 16))
        light = 1 - self.cloud.share * (1 - self.tint) * numpy.ones((HEIGHT, WIDTH, 3))
        if self.shadow.share > 0:
            left, wide = self.edge
            # Its edge is a little soft, and it slants.
            y = numpy.arange(HEIGHT)[:, None]
            inside = numpy.clip(x - left - 0.15 * y, 0, 3) * numpy.clip(left + 0.15 * y + wide * self.shadow.share - x, 0, 3) / 9
            light *= (1 - (1 - self.depth) * inside)[..., None]
        if self.lamp.share > 0:
            y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
            near = numpy.exp(-((x - self.at[0]) ** 2 + (y - self.at[1]) ** 2) / 2 / 16**2)
            light *= 1 + self.lamp.share * near[..., None] * numpy.array([0.5, 0.46, 0.4])
        return light


class Street:
    """The street and what was done to it."""

    def __init__(self, random):
        self.random, self.sky, self.clean = random, Sky(random), street(random)
        self.picture, self.broken = self.clean.copy(), []

    def spray(self, start, end, colour):
        figures.capsule(self.picture, start, end, 2.1, colour)

    def whole_pane(self):
        """Draws a lot among the panes that are not broken."""
        whole = [pane for pane in PANES if pane not in self.broken]
        return whole[self.random.randint(len(whole))]

    def smash(self, pane):
        self.broken.append(pane)
        left, top, width, height = pane
        self.picture[top : top + height, left : left + width] = (24, 24, 28)
        part = self.picture[top : top + height, left : left + width]
        for _ in range(4):
            corner = numpy.array([self.random.choice([0, width - 1]), self.random.choice([0, height - 1])])
            figures.capsule(part, corner, corner + self.random.uniform(-8, 8, 2), 1.2, (120, 138, 150))

    def wash(self, share):
        self.picture += share * (self.clean - self.picture)
        self.broken = []

    def shown(self, kind, people=(), van=None):
        """Returns the picture, its kind, and the middles of who is there; of people, each has who, umbrella, feet, stride and side."""
        picture, middles = self.picture.copy(), []
        for who, umbrella, feet, stride, side in people:
            middles.append(figures.draw_person(picture, who, feet, 0, 0, stride, side))
            if umbrella is not None:
                top = middles[-1] - (0, 0.62 * who["height"])
                figures.capsule(picture, top - (8, 0), top + (8, 0), 3.2, umbrella)
                figures.capsule(picture, top - (3, 3), top + (3, 3), 3.2, umbrella)
        if van is not None:
            draw_van(picture, *van)
        picture = picture * self.sky.step() + self.random.normal(0, 1, picture.shape)
        return numpy.clip(picture, 0, 255).astype(numpy.uint8), (kind, middles)


def draw_van(picture, x, colour):
    left = lambda from_x: max(int(x + from_x), 0)
    picture[42:82, left(0) : left(58)] = colour
    picture[47:58, left(38) : left(55)] = (60, 70, 80)
    for wheel in (12, 46):
        figures.capsule(picture, (x + wheel, 82), (x + wheel, 82), 6, (25, 25, 28))


def lines(random, x):
    """Returns the ends of the lines that somebody at x sprays, one after the other."""
    ends = numpy.stack([random.uniform(x - 16, x + 16, SPRAYED + 1), random.uniform(22, 50, SPRAYED + 1)], axis=1)
    return [(start, start + numpy.clip(end - start, -9, 9)) for start, end in zip(ends, ends[1:])]


def vans(scene):
    random, colour = scene.random, bright(scene.random)
    stop = random.uniform(10, 90)
    for x in numpy.linspace(-60, stop, 24):
        yield scene.shown("van", van=(x, colour))
    for _ in range(random.randint(24, 64)):
        yield scene.shown("van", van=(stop, colour))
    for x in numpy.linspace(stop, WIDTH + 4, 24):
        yield scene.shown("van", van=(x, colour))


def stands(scene, kind, x, pane):
    """Yields for each row in which somebody stands at x how they stride, and does to the wall what they do."""
    random = scene.random
    if kind == "wait":
        yield from numpy.repeat(random.uniform(-0.25, 0.25, 8), random.randint(2, 13))
    if kind == "spray":
        colour = paint(random)
        for start, end in lines(random, x):
            scene.spray(start, end, colour)
            yield 0.2
    if kind == "smash":
        for row in range(12):
            if row == 4:
                scene.smash(pane)
            yield 0.3
    if kind == "clean":
        for row in range(CLEANED):
            scene.wash(1 / (CLEANED - row))
            yield 0.3


def episode(scene, kind):
    """Yields what `Street.shown` does for each row of what happens."""
    random = scene.random
    if kind == "van":
        yield from vans(scene)
        return
    who, side, pace = figures.person(random), random.choice([-1, 1]), random.uniform(2.8, 4)
    umbrella = bright(random) if kind == "umbrella" or (kind == "wait" and random.random() < 0.6) else None
    at_wall = kind not in ("pass", "umbrella")
    feet = random.uniform(68, 73) if at_wall else random.uniform(70, 90)
    walk = numpy.arange(-20.0, WIDTH + 20, pace)
    pane = scene.whole_pane() if kind == "smash" else None
    middle = random.uniform(30, 130) if pane is None else pane[0] + random.uniform(-6, 20)
    at = lambda x: (x if side > 0 else WIDTH - x, feet)
    stop = int(numpy.searchsorted(walk, middle if side > 0 else WIDTH - middle))
    friend = (figures.person(random), random.uniform(14, 22), feet + random.uniform(-2, 6)) if kind == "pass" and random.random() < 0.4 else None
    for row, x in enumerate(walk):
        if row == stop and at_wall:
            for stride in stands(scene, kind, at(x)[0], pane):
                yield scene.shown(kind, [(who, umbrella, at(x), stride, side)])
        people = [(who, umbrella, at(x), numpy.sin(row * 1.1), side)]
        if friend is not None:
            people.append((friend[0], None, (at(x - friend[1])[0], friend[2]), numpy.sin(row * 1.1 + 1), side))
        yield scene.shown(kind, people)


def scenes(random, kinds):
    """Yields pictures with what is to be seen on each: its kind, and where people are."""
    scene = Street(random)
    for kind in kinds:
        yield from episode(scene, kind)
        for _ in range(random.randint(4, 30)):
            yield scene.shown(None)


def people(middles):
    """Returns for each window of the size of a person whether somebody is there: 0 nobody, 1 somebody, -1 what is not to be learnt."""
    rows, columns = HEIGHT // windows.BLOCK - PERSON[0] + 1, WIDTH // windows.BLOCK - PERSON[1] + 1
    away = numpy.full((rows, columns), numpy.inf)
    row, column = numpy.mgrid[0:rows, 0:columns]
    for middle in middles:
        corner = middle[::-1] / windows.BLOCK - numpy.array(PERSON) / 2
        away = numpy.minimum(away, numpy.maximum(numpy.abs(row - corner[0]), numpy.abs(column - corner[1])))
    return numpy.where(away <= 1.2, 1, numpy.where(away <= 3, -1, 0))


def examples(random):
    """Returns windows of the size of a person and whether they show one."""
    x, y = [], []
    for _ in range(12):
        kinds = random.choice(["pass", "umbrella", "wait", "van", "spray", "smash", "clean"], 9, p=[0.2, 0.2, 0.2, 0.1, 0.15, 0.1, 0.05])
        for at, (picture, (_, middles)) in enumerate(scenes(random, kinds)):
            if at % 3:
                continue
            averages, answer = windows.blocks(picture[None])[0], people(middles)
            # Most is learnt near people, where mistakes are made.
            column = numpy.arange(answer.shape[1]) * windows.BLOCK + 12
            close = numpy.zeros(answer.shape, dtype=bool)
            for middle in middles:
                close |= (numpy.abs(column - middle[0]) < 36)[None]
            for chosen, most in ((answer == 1, 5), ((answer == 0) & close, 9), ((answer == 0) & ~close, 7)):
                found = numpy.argwhere(chosen)
                for row, column in found[random.permutation(len(found))[:most]]:
                    x.append(windows.window(averages, row, column, PERSON))
                    y.append(answer[row, column])
    return numpy.array(x), numpy.array(y)


def fit(x, y):
    print("windows:", len(y), "of which show somebody:", int(y.sum()))
    network = MLPClassifier(hidden_layer_sizes=(24,), alpha=1e-2, early_stopping=True, n_iter_no_change=4, max_iter=25, random_state=SEED)
    network.fit(x, y)
    # Of two classes the perceptron has one score, of which the other's is the opposite.
    network.coefs_[1] = numpy.concatenate([-network.coefs_[1], network.coefs_[1]], axis=1) / 2
    network.intercepts_[1] = numpy.concatenate([-network.intercepts_[1], network.intercepts_[1]]) / 2
    return network


def train(random):
    graph = Graph()
    probabilities = windows.convolve(graph, fit(*examples(random)), PERSON)
    places, shape = windows.places(graph, probabilities, (HEIGHT, WIDTH), PERSON, BOXES)
    # Whose middle is at most so far down stands at the wall, not beyond the pavement.
    near = windows.pick(graph, windows.pick(graph, probabilities, 1, 2), 0, 9, axis=2)
    graph.add("Identity", [graph.add("ReduceMax", [near], axes=[2, 3], keepdims=0)], "at_wall")
    top, bottom = (edge // windows.BLOCK for edge in WATCHED)
    colours = graph.add("AveragePool", ["image"], kernel_shape=[windows.BLOCK] * 2, strides=[windows.BLOCK] * 2)
    wall = graph.add("Mul", [windows.pick(graph, colours, top, bottom, axis=2), graph.constant([255.0])])
    graph.add("Transpose", [wall], "cells", perm=[0, 2, 3, 1])
    outputs = [(places, shape), ("at_wall", [1]), ("cells", [bottom - top, WIDTH // windows.BLOCK, 3])]
    return windows.model(graph, "vandalism", (HEIGHT, WIDTH), outputs)


def shoot(random, video, kinds):
    """Writes a video; returns for each act the first row of who does it, and the last in which an alarm is not late."""
    pictures, acts, before = [], [], None
    for picture, (kind, _) in scenes(random, kinds):
        pictures.append(picture)
        if kind in ACTS:
            if before not in ACTS:
                acts.append({"kind": kind, "first_row": len(pictures), "last_row": 0})
            acts[-1]["last_row"] = len(pictures) + LATE
        before = kind
    film.write(video, pictures, RATE)
    return acts


def overlap(one, other):
    width, height = (min(one[2 + side], other[2 + side]) - max(one[side], other[side]) for side in (0, 1))
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    both = max(width, 0) * max(height, 0)
    return both / (area(one) + area(other) - both)


def boxes(places, steps):
    """Returns what the steps BOXES and NMS of a document make of `places`: lists of edges, score and class."""
    (least,) = [step["SCORE"] for step in steps if step["OP"] == "BOXES"]
    (nms,) = [step for step in steps if step["OP"] == "NMS"]
    kept = []
    for x, y, width, height, score in sorted(places.T.tolist(), key=lambda place: -place[4]):
        box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2, score, 0.0]
        if score >= least and all(overlap(box, other) <= nms["IOU"] for other in kept):
            kept.append(box)
    return kept[: nms["MAX"]]


def run_code(instance, places, cells):
    """Runs the code of an instance as one batch; returns the rows at which it raises the alarm."""
    told = []
    rows = [{"boxes": boxes(one, instance["MODEL"]["POSTPROCESS"]), "cells": other.tolist()} for one, other in zip(places, cells)]
    functions = {"inferences": lambda: rows, "state": lambda: None, "set_state": lambda _: None, "emit": told.append}
    exec((HERE / "wall.py").read_text(), functions)
    return [payload["ROW"] for payload in told if payload["EVENT"] == "RAISE"]


def answers(model, video):
    """Returns what the detector says of each picture: `places`, `at_wall` and `cells`."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    pictures = film.read(video, HEIGHT, WIDTH)
    fed = lambda picture: {"image": (picture[None] / 255).transpose(0, 3, 1, 2).astype(numpy.float32)}
    told = [session.run(["places", "at_wall", "cells"], fed(picture)) for picture in pictures]
    return [numpy.concatenate(output) for output in zip(*told)]


def judged(raised, acts):
    """Returns how many alarms were raised, how many acts they find, and how many of them are false."""
    during = lambda row, act: act["first_row"] <= row <= act["last_row"]
    found = sum(any(during(row, act) for row in raised) for act in acts)
    false = sum(not any(during(row, act) for act in acts) for row in raised)
    return {"raised": len(raised), "found": found, "false": false}


def alarms(video, acts):
    """Returns the number of rows, and for each instance how many alarms it raises, how many acts they find, and how many are false."""
    places, at_wall, cells = answers(HERE / "detector.onnx", video)
    plugins = json.loads((HERE / "pipeline.json").read_text())["PLUGINS"]
    instances = {plugin["SIGNATURE"]: plugin["INSTANCES"] for plugin in plugins}
    rows = {alert["INSTANCE_ID"]: film.raised(at_wall.ravel(), alert) for alert in instances["ALERT"]}
    rows |= {code["INSTANCE_ID"]: run_code(code, places, cells) for code in instances["CUSTOM_CODE"]}
    return len(cells), {instance: judged(raised, acts) for instance, raised in rows.items()}


def main():
    onnx.save(train(numpy.random.RandomState(SEED)), HERE / "detector.onnx")
    acts = shoot(numpy.random.RandomState(SEED + 1), VIDEO, EPISODES)
    rows, told = alarms(VIDEO, acts)
    result = {"rows": rows, "rows_a_second": RATE, "acts": acts, "alerts": told, "onnxruntime": onnxruntime.__version__}
    (HERE / "expected.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
