"""Builds a detector of red and green blobs and a classifier of colours, whose answers follow from their weights: nothing is trained.

Pictures are 64x64, numbers from 0 to 1, channels red, green, blue. The detector cuts the picture into 8x8 blocks and averages each; what is
red in a block is max(0, red - green - blue) of its averages, what is green likewise. A block that is wholly red or green scores 1. Every
block is a place whose box is the block itself.

The classifier averages a picture of 16x16 and compares the average with three colours: the score of a colour is ten times the product of the
average with the colour's direction.

Output, beside this script:
  blobs.onnx    input `image` float32 [N, 3, 64, 64], output `boxes` float32 [N, 6, 64]: centre x, centre y, width, height, then the
                scores of red (class 0) and green (class 1); boxes in pixels
  colours.onnx  input `crop` float32 [N, 3, 16, 16], output `logits` float32 [N, 3]: red, green, blue

Packages: numpy, onnx. Run: python models/make_blobs.py
"""

from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
BLOCK = 8
PLACES = (SIDE // BLOCK) ** 2
HERE = Path(__file__).resolve().parent


def constant(name, values, dtype=numpy.float32):
    return numpy_helper.from_array(numpy.array(values, dtype=dtype), name)


def write(name, nodes, source, target, weights):
    """Checks a graph and writes it."""
    graph = helper.make_graph(nodes, name, [source], [target], weights)
    model = helper.make_model(graph, producer_name="neurite", opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, HERE / f"{name}.onnx")


def detector():
    """A convolution over blocks with one filter a class, and the boxes of all blocks as a constant."""
    share = 1.0 / BLOCK**2
    filters = numpy.zeros((2, 3, BLOCK, BLOCK), dtype=numpy.float32)
    filters[0, 0], filters[0, 1], filters[0, 2] = share, -share, -share
    filters[1, 0], filters[1, 1], filters[1, 2] = -share, share, -share
    centres = numpy.arange(SIDE // BLOCK, dtype=numpy.float32) * BLOCK + BLOCK / 2
    y, x = numpy.meshgrid(centres, centres, indexing="ij")
    sides = numpy.full(PLACES, BLOCK, dtype=numpy.float32)
    boxes = numpy.stack([x.ravel(), y.ravel(), sides, sides])[None]
    nodes = [
        helper.make_node("Conv", ["image", "filters"], ["blocks"], kernel_shape=[BLOCK, BLOCK], strides=[BLOCK, BLOCK]),
        helper.make_node("Relu", ["blocks"], ["hits"]),
        helper.make_node("Reshape", ["hits", "flat"], ["scores"]),
        # The boxes are the same for every picture: one copy a row, by adding them to nothing of the right shape.
        helper.make_node("ReduceSum", ["scores", "axes"], ["sums"], keepdims=1),
        helper.make_node("Mul", ["sums", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "places"], ["placed"]),
        helper.make_node("Concat", ["placed", "scores"], ["boxes"], axis=1),
    ]
    weights = [
        constant("filters", filters),
        constant("flat", [0, 2, PLACES], numpy.int64),
        constant("axes", [1, 2], numpy.int64),
        constant("zero", [0.0]),
        constant("places", boxes),
    ]
    source = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])
    target = helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["N", 6, PLACES])
    write("blobs", nodes, source, target, weights)


def classifier():
    """The average colour times one direction a class."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["crop"], ["average"]),
        helper.make_node("Flatten", ["average"], ["colour"], axis=1),
        helper.make_node("MatMul", ["colour", "directions"], ["logits"]),
    ]
    directions = 10.0 * (1.5 * numpy.eye(3) - 0.5)
    source = helper.make_tensor_value_info("crop", TensorProto.FLOAT, ["N", 3, 16, 16])
    target = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 3])
    write("colours", nodes, source, target, [constant("directions", directions)])


if __name__ == "__main__":
    detector()
    classifier()
