"""Draws people out of thick lines, for the scripts that train detectors of the examples.

Pictures are float [height, width, 3]; points are x and y.

Packages: numpy.
"""

import numpy


def capsule(picture, start, end, radius, colour):
    """Draws a thick line with round ends."""
    start, end = numpy.array(start, dtype=float), numpy.array(end, dtype=float)
    low, high = numpy.minimum(start, end) - radius - 1, numpy.maximum(start, end) + radius + 2
    (left, top), (right, bottom) = numpy.maximum(low, 0).astype(int), numpy.maximum(high, 0).astype(int)
    part = picture[top:bottom, left:right]
    y, x = numpy.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
    along = end - start
    length = max(float(along @ along), 1e-9)
    share = numpy.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length, 0, 1)
    distance = numpy.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
    cover = numpy.clip(radius + 0.5 - distance, 0, 1)[..., None]
    part += cover * (numpy.array(colour, dtype=float) - part)


def person(random):
    """Draws the lots of somebody: clothes and size."""
    shirt, trousers = random.uniform(20, 235, 3), random.uniform(15, 110, 3)
    return {"shirt": shirt, "trousers": trousers, "skin": random.uniform(0.5, 1) * numpy.array([228, 186, 158]), "height": random.uniform(37, 46)}


def draw_person(picture, who, feet, fallen, bent, stride, side):
    """Draws somebody; `fallen` turns all of the body about the feet, `bent` the trunk about the hips, both from 0 to 1."""
    height = who["height"]
    turn = lambda angle, length: numpy.array([side * numpy.sin(angle), -numpy.cos(angle)]) * length
    lean, trunk = fallen * 1.5, fallen * 1.5 + bent * 1.55 * (1 - fallen)
    # Who lies is in the middle of where they stood, not beside it.
    feet = numpy.array(feet, dtype=float) - numpy.array([side * height * 0.45 * fallen, 3 * fallen])
    hips = feet + turn(lean, 0.47 * height)
    neck = hips + turn(trunk, 0.33 * height)
    for leg in (stride, -stride):
        capsule(picture, hips, feet + (1 - fallen) * numpy.array([leg * 0.13 * height, 0]), 0.062 * height, who["trousers"])
    capsule(picture, hips, neck, 0.11 * height, who["shirt"])
    capsule(picture, neck, neck + turn(trunk + 0.5 * stride * (1 - fallen) + 2.6, 0.3 * height), 0.045 * height, 0.85 * who["shirt"])
    head = neck + turn(trunk, 0.11 * height)
    capsule(picture, head, head, 0.085 * height, who["skin"])
    return (feet + head) / 2
