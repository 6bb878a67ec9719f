"""Draws a yard as a camera sees it, with four faults at known times, and measures how far brightness alone would get.

The scene. A house with windows, a fence and a lawn, people who walk by, a clock's flicker of noise from the sensor; 192 x 108 pixels, five
pictures a second. Between the faults the camera is well, though not the weather: a cloud darkens the yard, and then the sun blinds it.

  BLURRED  the lens fogs over: a Gaussian of 2.2 pixels
  COVERED  something grey hangs before the lens and sways, as bright as the yard was
  MOVED    the camera is turned by an eighth of the picture
  FROZEN   the same picture again and again, while people go on walking

Output, beside this script:
  yard.mp4       the video, H.264
  expected.json  the truth, rows from 1: the first and the last of each fault, and of each change of light that is none; and the baseline

The baselines are alarms on one number of a picture: its mean brightness, its contrast (the standard deviation of the brightness), or how
much it differs on average from the picture before. Below or above a threshold in five pictures in a row is an alarm. Of all thresholds each
gets the best one for this very video, that is, the one that finds the most faults without a false alarm.

Packages: numpy; programs: ffmpeg with libx264. Run: python examples/camera-quality/make.py
"""

import json
import subprocess
from pathlib import Path

import numpy

SEED, RATE = 20_260_701, 5
WIDTH, HEIGHT, MARGIN = 192, 108, 32
ROWS, CONFIRM = 420, 5
FAULTS = {"BLURRED": (61, 110), "COVERED": (161, 210), "MOVED": (261, 310), "FROZEN": (346, 395)}
# Brightness is multiplied by this at the middle of these rows.
LIGHT = {"cloud": (116, 156, 0.62), "sun": (216, 256, 1.45)}
HERE = Path(__file__).resolve().parent
VIDEO = HERE / "yard.mp4"


def yard(random):
    """Returns the scene without people, wider than the picture, so that the camera can turn; float [height, width, 3]."""
    width = WIDTH + 2 * MARGIN
    scene = numpy.zeros((HEIGHT, width, 3))
    y, x = numpy.mgrid[0:HEIGHT, 0:width]
    scene[:] = numpy.stack([90 + 0.5 * y, 120 + 0.4 * y, 170 - 0.2 * y], axis=-1)
    scene[70:] = (70, 110, 60)
    scene[70:] += random.normal(0, 14, (HEIGHT - 70, width, 1))
    for left, right, top, colour in ((50, 118, 22, (165, 105, 85)), (150, 214, 34, (190, 175, 140))):
        scene[top:72, left:right] = colour
        scene[top:72:6, left:right] *= 0.8
        for window in range(left + 8, right - 14, 20):
            scene[top + 8 : top + 22, window : window + 11] = (50, 60, 80)
            scene[top + 14, window : window + 11] = 220
            scene[top + 8 : top + 22, window + 5] = 220
    posts = (x % 11 < 3) & (y >= 64) & (y < 80)
    scene[posts] = (205, 200, 190)
    scene[70:72] = (205, 200, 190)
    return scene


def with_people(scene, row):
    """Draws people who walk by, each at a pace of their own, for the row that is numbered from 1."""
    picture = scene.copy()
    for pace, feet, height, shirt in ((2.3, 84, 26, (200, 40, 40)), (-1.7, 96, 34, (40, 60, 190)), (3.1, 104, 42, (230, 210, 60))):
        centre = int(pace * row) % picture.shape[1]
        body = slice(max(0, centre - height // 7), centre + height // 7)
        picture[feet - height : feet - height * 3 // 4, max(0, centre - 2) : centre + 3] = (215, 170, 140)
        picture[feet - height * 3 // 4 : feet - height // 3, body] = shirt
        picture[feet - height // 3 : feet, body] = (40, 40, 50)
    return picture


def blurred(picture, sigma=2.2):
    reach = numpy.arange(-7, 8)
    kernel = numpy.exp(-(reach**2) / (2 * sigma**2))
    kernel /= kernel.sum()
    for axis in (0, 1):
        padded = numpy.pad(picture, [(7, 7) if axis == at else (0, 0) for at in range(3)], mode="edge")
        picture = sum(weight * numpy.roll(padded, -shift, axis) for shift, weight in enumerate(kernel))
        picture = picture.take(range(padded.shape[axis] - 14), axis)
    return picture


def cover(row):
    """Returns what hangs before the lens: grey with a soft fold that sways."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    fold = 5 * numpy.sin((x + 0.6 * y) / 45 + row / 3)
    return numpy.repeat((118 + fold)[..., None], 3, axis=2)


def light(row):
    for first, last, factor in LIGHT.values():
        if first <= row <= last:
            return 1 + (factor - 1) * numpy.sin(numpy.pi * (row - first) / (last - first))
    return 1.0


def within(row, fault):
    first, last = FAULTS[fault]
    return first <= row <= last


def pictures():
    """Yields what the camera gives, uint8 [height, width, 3]."""
    random = numpy.random.RandomState(SEED)
    scene, last = yard(random), None
    for row in range(1, ROWS + 1):
        turned = WIDTH // 8 if within(row, "MOVED") else 0
        picture = with_people(scene, row)[:, MARGIN + turned : MARGIN + turned + WIDTH] * light(row)
        if within(row, "BLURRED"):
            picture = blurred(picture)
        if within(row, "COVERED"):
            picture = cover(row)
        picture = numpy.clip(picture + random.normal(0, 1.5, picture.shape), 0, 255).astype(numpy.uint8)
        if within(row, "FROZEN"):
            picture = last
        last = picture
        yield picture


def encode():
    size = f"{WIDTH}x{HEIGHT}"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", size, "-framerate", str(RATE), "-i", "-"]
    # One thread, so that the file is the same every time; the same quantiser everywhere, so that copies of a picture decode alike.
    coded = ["-c:v", "libx264", "-preset", "slow", "-qp", "29", "-bf", "0", "-g", "1000", "-threads", "1", "-pix_fmt", "yuv420p"]
    coded += ["-x264-params", "psy=0:aq-mode=0:mbtree=0"]
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *raw, *coded, "-fflags", "+bitexact", "-flags:v", "+bitexact", str(VIDEO)]
    subprocess.run(command, input=b"".join(picture.tobytes() for picture in pictures()), check=True)


def measures():
    """Returns for each picture, as the engine decodes it, what the baselines look at."""
    scale = "scale=flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=rgb24"
    command = ["ffmpeg", "-loglevel", "error", "-i", str(VIDEO), "-vf", scale, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    decoded = numpy.frombuffer(raw, dtype=numpy.uint8).reshape(-1, HEIGHT, WIDTH, 3)
    assert len(decoded) == ROWS
    grey = decoded @ numpy.array([77, 150, 29]) // 256
    # The first picture differs from none: as much as the second does.
    change = numpy.abs(numpy.diff(grey, axis=0)).mean(axis=(1, 2))
    return {
        "brightness": grey.mean(axis=(1, 2)),
        "contrast": grey.std(axis=(1, 2)),
        "change": numpy.concatenate([change[:1], change]),
    }


def alarms(bad):
    """Returns the rows at which an alarm is raised: the fifth bad one in a row."""
    run, raised = 0, []
    for row, now in enumerate(bad, start=1):
        run = run + 1 if now else 0
        if run == CONFIRM:
            raised.append(row)
    return raised


def found(raised):
    """Returns which faults were found, and how many alarms were false."""
    faults = {name for name, (first, last) in FAULTS.items() if any(first <= row <= last for row in raised)}
    return faults, sum(not any(first <= row <= last for first, last in FAULTS.values()) for row in raised)


def baseline(values):
    """Returns what the best threshold finds without a false alarm."""
    best = set()
    for threshold in numpy.linspace(values.min() - 1, values.max() + 1, 2000):
        for bad in (values < threshold, values > threshold):
            faults, false = found(alarms(bad))
            if false == 0 and len(faults) > len(best):
                best = faults
    return sorted(best)


def main():
    encode()
    interval = lambda first, last: {"first_row": first, "last_row": last}
    expected = {
        "rows": ROWS,
        "rows_a_second": RATE,
        "faults": {name: interval(*rows) for name, rows in FAULTS.items()},
        "changes_of_light": {name: interval(first, last) for name, (first, last, _) in LIGHT.items()},
        "baselines": {name: baseline(values) for name, values in measures().items()},
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
    print(json.dumps(expected, indent=2), VIDEO.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
