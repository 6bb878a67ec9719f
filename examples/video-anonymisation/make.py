"""Draws a street in which people pass a camera, and makes a detector of their faces.

The street. Four heads, ellipses of skin colour with eyes and a mouth on coloured bodies, go to and fro for twenty seconds, nearer and
farther, in front of a wall with doors. Three posts throw narrow shadows on the street; a lamp goes out for a moment every few seconds. The
box around each head is known in every picture. Two heads may hide each other: then both boxes count.

The detector. A logistic regression says of each pixel how much its colour is that of skin; it is trained on pictures of another street,
with walls in every light but faces in the sun only. Where an ellipse of such pixels has other pixels around it, there is a head: a
convolution for each of two sizes, and a second logistic regression that turns the difference into a score. Faces in a shadow are missed.

Output, beside this script:
  street.mp4     240 pictures of 320 x 192 pixels, 12 a second
  truth.csv      left, top, right, bottom of every head in every picture (`frame` from 0)
  model.onnx     input `image` float32 [N, 3, 192, 320] from 0 to 1, output `boxes` float32 [N, 5, 7680]: centre x, centre y, width,
                 height, score
  expected.json  how many heads the detector alone leaves to be seen, by Python's onnxruntime on exactly these files

Packages: numpy, scikit-learn, onnx, onnxruntime==1.31.1, and Debian's ffmpeg. Run: python examples/video-anonymisation/make.py
"""

import csv
import json
import subprocess
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression

SEED = 20_260_701
WIDTH, HEIGHT, FRAMES, RATE = 320, 192, 240, 12
STRIDE = 4
# What is left of the light where a post or a lamp that went out takes it.
SHADE = 0.45
# Width and height of the heads that the detector looks for.
SIZES = ((26, 34), (34, 44))
# As in pipeline.json.
SCORE, IOU, MARGIN = 0.5, 0.3, 0.5
# What VIDEO_FILE asks ffmpeg for, so that the detector sees the same bytes here and there.
PICTURES = ("-vf", "scale=flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=rgb24", "-f", "rawvideo", "pipe:1")
HERE = Path(__file__).resolve().parent
Y, X = numpy.mgrid[0:HEIGHT, 0:WIDTH].astype(float)


class Head:
    """Somebody who goes to and fro."""

    def __init__(self, random, lane):
        self.colour = numpy.array([205.0, 150.0, 118.0]) * random.uniform(0.92, 1.08)
        self.shirt = numpy.array([(60, 90, 170), (70, 140, 90), (120, 120, 130), (90, 70, 150)][random.randint(4)], dtype=float)
        self.pace, self.start = random.uniform(2.2, 3.6), random.uniform(0, 2 * (WIDTH - 80))
        self.lane, self.phase, self.size = lane, random.uniform(0, 6.3), SIZES[lane % 2]

    def box(self, frame):
        """Returns left, top, right and bottom."""
        way, room = self.start + self.pace * frame, WIDTH - 80
        x = 40 + min(way % (2 * room), 2 * room - way % (2 * room))
        y = (56, 112)[self.lane % 2] + 5 * numpy.sin(frame / 7 + self.phase)
        nearness = 1 + 0.06 * numpy.sin(frame / 31 + self.phase)
        width, height = self.size[0] * nearness / 2, self.size[1] * nearness / 2
        return numpy.array([x - width, y - height, x + width, y + height])

    def draw(self, picture, frame):
        left, top, right, bottom = self.box(frame)
        x, y, width, height = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
        body = (abs(X - x) < 0.8 * width) & (Y > bottom - 2) & (Y < bottom + 1.2 * height)
        picture[body] = self.shirt
        face = ((X - x) / width) ** 2 + ((Y - y) / height) ** 2 <= 0.25
        picture[face] = self.colour
        for side in (-1, 1):
            picture[((X - x - side * 0.2 * width) / 2) ** 2 + ((Y - y + 0.12 * height) / 2) ** 2 <= 1] = (70, 60, 60)
        picture[(abs(X - x) < 0.16 * width) & (abs(Y - y - 0.22 * height) < 1.2)] = (150, 80, 80)


def street(random):
    """Returns the wall, the doors and the pavement."""
    bricks = 150 + 14 * random.standard_normal((HEIGHT // 6 + 1, WIDTH // 12 + 1)).repeat(6, 0).repeat(12, 1)[:HEIGHT, :WIDTH]
    picture = numpy.stack([bricks * 0.92, bricks * 0.97, bricks], axis=2)
    for left in random.randint(0, WIDTH - 30, 4):
        picture[30:150, left : left + 26] = (80, 110, 95)
    picture[150:] = (125, 125, 120)
    return picture


def draw(random, sunny):
    """Returns the pictures of a street and the boxes of the heads in each."""
    heads, empty = [Head(random, lane) for lane in range(4)], street(random)
    light = numpy.ones((HEIGHT, WIDTH))
    for post in (85, 165, 250):
        light[:, post : post + 22] = SHADE
    pictures, boxes = [], []
    for frame in range(FRAMES):
        picture = empty.copy()
        for head in heads:
            head.draw(picture, frame)
        if not sunny:
            picture *= numpy.minimum(light, SHADE if frame % 53 in (31, 32, 33, 34) else 1.0)[:, :, None]
        picture += 2.5 * random.standard_normal(picture.shape)
        pictures.append(picture.clip(0, 255).astype(numpy.uint8))
        boxes.append([head.box(frame) for head in heads])
    return pictures, numpy.array(boxes)


def film(pictures):
    """Writes the video; returns its pictures as a decoder gives them."""
    command = ["ffmpeg", "-loglevel", "error", "-y"]
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "pipe:0"]
    target = ["-c:v", "libx264", "-preset", "slow", "-crf", "27", "-threads", "1", "-pix_fmt", "yuv420p", "-map_metadata", "-1"]
    bitexact = ["-fflags", "+bitexact", "-flags", "+bitexact"]
    video = HERE / "street.mp4"
    subprocess.run([*command, *source, *target, *bitexact, str(video)], input=numpy.stack(pictures).tobytes(), check=True)
    decoded = subprocess.run([*command, "-i", str(video), *PICTURES], capture_output=True, check=True).stdout
    return numpy.frombuffer(decoded, numpy.uint8).reshape(-1, HEIGHT, WIDTH, 3)


def kernel(width, height):
    """Returns the mean over an ellipse less the mean over the ring around it."""
    high, wide = int(height * 0.75) | 1, int(width * 0.75) | 1
    y, x = numpy.mgrid[-high : high + 1, -wide : wide + 1].astype(float)
    distance = (2 * x / width) ** 2 + (2 * y / height) ** 2
    inside, ring = distance <= 1, (distance > 1.3) & (distance <= 2.2)
    return (inside / inside.sum() - ring / ring.sum()).astype(numpy.float32)


def detector(skin, scorer):
    """Returns the model; `skin` are three weights and a bias, `scorer` a weight and a bias."""
    constant = lambda name, values, kind=numpy.float32: numpy_helper.from_array(numpy.asarray(values, dtype=kind), name)
    weights = [
        constant("skin_weights", skin[:3].reshape(1, 3, 1, 1)),
        constant("skin_bias", skin[3:]),
        constant("flat", [0, 1, -1], numpy.int64),
        constant("slope", scorer[0]),
        constant("offset", scorer[1]),
        constant("axes", [1, 2], numpy.int64),
        constant("zero", 0.0),
    ]
    nodes = [
        helper.make_node("Conv", ["image", "skin_weights", "skin_bias"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["skin"]),
    ]
    flats, places = [], []
    for at, (width, height) in enumerate(SIZES):
        ellipse = kernel(width, height)
        weights.append(constant(f"ellipse_{at}", ellipse[None, None]))
        high, wide = ellipse.shape[0] // 2, ellipse.shape[1] // 2
        pads = [high, wide, high, wide]
        nodes.append(helper.make_node("Conv", ["skin", f"ellipse_{at}"], [f"heads_{at}"], strides=[STRIDE, STRIDE], pads=pads))
        nodes.append(helper.make_node("Reshape", [f"heads_{at}", "flat"], [f"flat_{at}"]))
        flats.append(f"flat_{at}")
        y, x = numpy.mgrid[0:HEIGHT:STRIDE, 0:WIDTH:STRIDE]
        full = numpy.ones(x.size)
        places.append(numpy.stack([x.ravel() + 0.5, y.ravel() + 0.5, full * width, full * height]))
    weights.append(constant("places", numpy.concatenate(places, axis=1)[None]))
    nodes += [
        helper.make_node("Concat", flats, ["differences"], axis=2),
        helper.make_node("Mul", ["differences", "slope"], ["steep"]),
        helper.make_node("Add", ["steep", "offset"], ["evidence"]),
        helper.make_node("Sigmoid", ["evidence"], ["scores"]),
        # The boxes are the same for every picture: one copy a row, by adding them to nothing of the right shape.
        helper.make_node("ReduceSum", ["scores", "axes"], ["sums"], keepdims=1),
        helper.make_node("Mul", ["sums", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "places"], ["placed"]),
        helper.make_node("Concat", ["placed", "scores"], ["boxes"], axis=1),
    ]
    source = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, HEIGHT, WIDTH])
    target = helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["N", 5, None])
    graph = helper.make_graph(nodes, "heads", [source], [target], weights)
    model = helper.make_model(graph, producer_name="neurite", opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def answers(model, pictures):
    """Returns the model's answers for pictures, [N, 5, places]."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    prepared = lambda picture: (picture.astype(numpy.float32) * numpy.float32(1 / 255)).transpose(2, 0, 1)[None]
    return numpy.concatenate([session.run(None, {"image": prepared(picture)})[0] for picture in pictures])


def train(random):
    """Returns a detector that has learned from another street."""
    pictures, boxes = draw(random, sunny=True)
    pixels, is_skin = [], []
    for picture, heads in list(zip(pictures, boxes))[::8]:
        inside = numpy.zeros((HEIGHT, WIDTH), dtype=bool)
        for left, top, right, bottom in heads:
            inside |= ((X - (left + right) / 2) / (right - left)) ** 2 + ((Y - (top + bottom) / 2) / (bottom - top)) ** 2 <= 0.25
        chosen = random.randint(0, WIDTH * HEIGHT, 3000)
        # Walls in every light, faces in the sun only.
        dimmed = numpy.where(inside.ravel()[chosen], 1.0, random.uniform(0.0, 1.2, chosen.size))
        pixels.append(picture.reshape(-1, 3)[chosen] / 255 * dimmed[:, None])
        is_skin.append(inside.ravel()[chosen])
    colours = LogisticRegression(C=1000.0, max_iter=1000).fit(numpy.concatenate(pixels), numpy.concatenate(is_skin))
    skin = numpy.append(colours.coef_[0], colours.intercept_)
    # With a scorer that changes nothing but the range, the answers are the logits of the differences.
    found = answers(detector(skin, (1.0, 0.0)), pictures[::8])
    differences = numpy.log(found[:, 4] / (1 - found[:, 4]))
    values, is_head = [], []
    for row, heads in enumerate(boxes[::8]):
        overlap = numpy.stack([overlaps(corners(found[row, :4].T), head) for head in heads]).max(axis=0)
        chosen = (overlap > 0.7) | (overlap < 0.3)
        values.append(differences[row, chosen])
        is_head.append(overlap[chosen] > 0.7)
    values, is_head = numpy.concatenate(values)[:, None], numpy.concatenate(is_head)
    scorer = LogisticRegression(C=1000.0, max_iter=1000).fit(values, is_head)
    return detector(skin, (scorer.coef_[0, 0], scorer.intercept_[0]))


def corners(boxes):
    """Turns centre and size into left, top, right and bottom."""
    return numpy.concatenate([boxes[:, :2] - boxes[:, 2:4] / 2, boxes[:, :2] + boxes[:, 2:4] / 2], axis=1)


def overlaps(boxes, box):
    """Returns intersection over union of boxes with one."""
    low, high = numpy.maximum(boxes[:, :2], box[:2]), numpy.minimum(boxes[:, 2:], box[2:])
    common = (high - low).clip(0).prod(axis=1)
    return common / ((boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod() - common)


def detections(answer):
    """Does BOXES and NMS as the pipeline does."""
    wanted = answer[:, answer[4] >= SCORE]
    boxes = corners(wanted[:, numpy.argsort(-wanted[4], kind="stable")][:4].T).clip(0, (WIDTH, HEIGHT, WIDTH, HEIGHT))
    kept = []
    for box in boxes:
        if not kept or overlaps(numpy.array(kept), box).max() <= IOU:
            kept.append(box)
    return kept


def grown(box):
    """Returns every pixel that a box with its margin touches, as MASK_VIDEO does."""
    left, top, right, bottom = box
    across, down = (right - left) * MARGIN, (bottom - top) * MARGIN
    low = numpy.floor(numpy.maximum((left - across, top - down), 0)).astype(int)
    return *low, *numpy.ceil((right + across, bottom + down)).astype(int)


def whole(box):
    """Returns every pixel that a box touches."""
    return *numpy.floor(box[:2]).astype(int), *numpy.ceil(box[2:]).astype(int)


def masked(boxes):
    """Returns which pixels are masked when these boxes are."""
    mask = numpy.zeros((HEIGHT, WIDTH), dtype=bool)
    for left, top, right, bottom in map(grown, boxes):
        mask[top:bottom, left:right] = True
    return mask


def seen(boxes, heads):
    """Returns how many heads of a picture can be seen when these boxes are masked."""
    mask = masked(boxes)
    return sum(not mask[top:bottom, left:right].all() for left, top, right, bottom in map(whole, heads))


def main():
    random = numpy.random.RandomState(SEED)
    model = train(random)
    onnx.save(model, HERE / "model.onnx")
    pictures, boxes = draw(random, sunny=False)
    found = [detections(answer) for answer in answers(model, film(pictures))]
    with (HERE / "truth.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["frame", "left", "top", "right", "bottom"])
        writer.writerows([frame, *whole(head)] for frame, heads in enumerate(boxes) for head in heads)
    expected = {
        "frames": FRAMES,
        "heads": int(boxes.shape[0] * boxes.shape[1]),
        "detections": sum(map(len, found)),
        "seen_without_memory": int(sum(seen(kept, heads) for kept, heads in zip(found, boxes))),
        "seen_with_memory": 0,
        "onnxruntime": onnxruntime.__version__,
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
    print(json.dumps(expected, indent=2))


if __name__ == "__main__":
    main()
