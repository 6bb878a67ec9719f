"""Writes drawn pictures as a video, reads it as the engine does, and foretells what `ALERT` makes of a model's number for each picture.

Packages: numpy, onnxruntime; programs: ffmpeg with libx264.
"""

import json
import subprocess

import numpy
import onnxruntime


def write(path, pictures, rate):
    """Writes uint8 pictures [height, width, 3] as H.264; the file is the same every time, for one thread writes it."""
    height, width, _ = pictures[0].shape
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}", "-framerate", str(rate), "-i", "-"]
    coded = ["-c:v", "libx264", "-preset", "slow", "-crf", "30", "-g", "1000", "-threads", "1", "-pix_fmt", "yuv420p"]
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *raw, *coded, "-fflags", "+bitexact", "-flags:v", "+bitexact", str(path)]
    subprocess.run(command, input=b"".join(picture.tobytes() for picture in pictures), check=True)


def read(path, height, width):
    """Returns the pictures as the engine decodes them, uint8 [N, height, width, 3]."""
    scale = "scale=flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=rgb24"
    command = ["ffmpeg", "-loglevel", "error", "-i", str(path), "-vf", scale, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return numpy.frombuffer(raw, dtype=numpy.uint8).reshape(-1, height, width, 3)


def answers(path, model, output):
    """Returns the number that a model gives for each picture of a video."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    _, _, height, width = session.get_inputs()[0].shape
    ask = lambda picture: session.run([output], {"image": (picture[None] / 255).transpose(0, 3, 1, 2).astype(numpy.float32)})[0]
    return numpy.array([ask(picture) for picture in read(path, height, width)]).ravel()


def raised(values, alert):
    """Returns the rows at which an instance of `ALERT` raises an alarm: enough of the last rows are bad; so many good ones in a row end it."""
    rows, bad, good, alarm, limit = [], [], 0, False, alert["RAISE"]["ABOVE"]
    for row, value in enumerate(values, start=1):
        if alarm:
            good = 0 if value > limit else good + 1
            alarm = good < alert["CLEAR_ROWS"]
            continue
        bad = [earlier for earlier in bad if row - earlier < alert["WINDOW_ROWS"]] + ([row] if value > limit else [])
        if len(bad) >= alert["CONFIRM_ROWS"]:
            rows.append(row)
            bad, good, alarm = [], 0, True
    return rows


def alerts(document, values, truth):
    """Returns for each instance of `ALERT` of a document how many alarms it raises, how many of the truth's intervals they find, and how many
    of them are false."""
    plugins = json.loads(document.read_text())["PLUGINS"]
    (instances,) = [plugin["INSTANCES"] for plugin in plugins if plugin["SIGNATURE"] == "ALERT"]
    inside = lambda row, interval: interval["first_row"] <= row <= interval["last_row"]
    told = {}
    for alert in instances:
        rows = raised(values, alert)
        found = sum(any(inside(row, interval) for row in rows) for interval in truth)
        false = sum(not any(inside(row, interval) for interval in truth) for row in rows)
        told[alert["INSTANCE_ID"]] = {"raised": len(rows), "found": found, "false": false}
    return told
