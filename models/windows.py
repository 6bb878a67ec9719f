"""Turns scikit-learn's perceptrons that classify windows of pictures into convolutional detectors in ONNX.

A picture is averaged in blocks of `BLOCK` pixels; a window is a rectangle of blocks. A perceptron with one hidden layer that was fitted on
windows is the same as two convolutions over all windows of a picture at once: that is what `detector` writes.

Packages: numpy, onnx.
"""

import numpy
import onnx
from onnx import TensorProto, helper

BLOCK = 4
# What pixels from 0 to 1 are made of before they are weighed.
CENTRE, SPREAD = 0.45, 0.25


def blocks(pictures):
    """Averages uint8 pictures [N, height, width, 3] in blocks; float32 [N, 3, rows, columns] from 0 to 1."""
    count, height, width, _ = pictures.shape
    cut = pictures.reshape(count, height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3)
    return (cut.mean(axis=(2, 4)) / 255).transpose(0, 3, 1, 2).astype(numpy.float32)


def window(averages, row, column, size):
    """Returns a window of one picture's blocks as the perceptron is given it; `size` is rows and columns."""
    return ((averages[:, row : row + size[0], column : column + size[1]] - CENTRE) / SPREAD).ravel()


def convolve(graph, network, size):
    """Adds a perceptron of windows as convolutions over `image`; returns the probabilities, [N, classes, rows, columns]."""
    (first, second), (bias, second_bias) = network.coefs_, network.intercepts_
    averages = graph.add("AveragePool", ["image"], kernel_shape=[BLOCK, BLOCK], strides=[BLOCK, BLOCK])
    filters = (first / SPREAD).T.reshape(-1, 3, *size)
    moved = bias - CENTRE / SPREAD * first.sum(axis=0)
    hidden = graph.add("Relu", [graph.add("Conv", [averages, graph.constant(filters), graph.constant(moved)], kernel_shape=list(size))])
    scores = graph.add("Conv", [hidden, graph.constant(second.T[..., None, None]), graph.constant(second_bias)], kernel_shape=[1, 1])
    return graph.add("Softmax", [scores], axis=1)


def pick(graph, value, start, end, axis=1):
    """Adds a slice."""
    return graph.add("Slice", [value, *(graph.constant([number], numpy.int64) for number in (start, end, axis))])


def places(graph, probabilities, picture, size, boxes):
    """Adds the output `places` in the form of YOLOv8: boxes [width, height] in pixels, one for each class but the first, and their scores.

    The box of a place is that of its best class.
    """
    rows, columns = (picture[0] // BLOCK - size[0] + 1, picture[1] // BLOCK - size[1] + 1)
    scores = graph.add("Reshape", [pick(graph, probabilities, 1, 1 + len(boxes)), graph.constant([0, len(boxes), rows * columns], numpy.int64)])
    y, x = numpy.mgrid[0:rows, 0:columns] * BLOCK
    centres = numpy.stack([(x + size[1] * BLOCK / 2).ravel(), (y + size[0] * BLOCK / 2).ravel()])[None]
    best = graph.add("ReduceMax", [scores], axes=[1], keepdims=1)
    is_best = graph.add("Cast", [graph.add("Equal", [scores, best])], to=TensorProto.FLOAT)
    sides = graph.add("MatMul", [graph.constant(numpy.array(boxes).T[None]), is_best])
    # The centres are the same for every picture: one copy a row, by adding them to nothing of the right shape.
    nothing = graph.add("Mul", [best, graph.constant([0.0])])
    centred = graph.add("Add", [nothing, graph.constant(centres)])
    graph.add("Concat", [centred, sides, scores], "places", axis=1)
    return "places", [4 + len(boxes), rows * columns]


def model(graph, name, picture, outputs):
    """Returns the checked model; `outputs` are pairs of name and shape of a row."""
    source = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, *picture])
    targets = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["N", *shape]) for output, shape in outputs]
    made = helper.make_graph(graph.nodes, name, [source], targets, graph.constants)
    checked = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], producer_name="neurite")
    checked.ir_version = 8
    onnx.checker.check_model(checked, full_check=True)
    return checked
