"""Builds the convolutional model of the serving benchmark: a small residual network on pictures of 3x224x224.

The weights are drawn from a fixed seed (He's scaling keeps the activations in range): the benchmark needs the arithmetic of a real
vision model, not its answers. About 280 million multiply-adds a picture, 0.5 million weights, stored as float32.

Output, beside this script: conv.onnx, input `image` float32 [N, 3, 224, 224], output `scores` float32 [N, 100].

Packages: numpy, onnx. Run: python models/make_conv.py
"""

from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

SEED = 224
CLASSES = 100
# (channels, residual blocks) of the stages; every stage halves the picture's side with its first convolution.
STAGES = [(16, 0), (32, 2), (64, 1), (128, 1)]
HERE = Path(__file__).resolve().parent


class Network:
    """Collects nodes and weights; every method returns the name of the value it adds."""

    def __init__(self):
        self.random = numpy.random.RandomState(SEED)
        self.nodes, self.weights = [], []

    def add(self, operator, inputs, **attributes):
        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def weight(self, shape, fan_in):
        name = f"weight_{len(self.weights)}"
        values = self.random.standard_normal(shape) * numpy.sqrt(2.0 / fan_in)
        self.weights.append(numpy_helper.from_array(values.astype(numpy.float32), name))
        return name

    def convolution(self, value, inputs, outputs, stride):
        weight = self.weight((outputs, inputs, 3, 3), inputs * 9)
        return self.add("Conv", [value, weight], kernel_shape=[3, 3], strides=[stride, stride], pads=[1, 1, 1, 1])

    def residual(self, value, channels):
        inner = self.add("Relu", [self.convolution(value, channels, channels, 1)])
        inner = self.convolution(inner, channels, channels, 1)
        return self.add("Relu", [self.add("Add", [value, inner])])


def build():
    network = Network()
    value, channels = "image", 3
    for width, blocks in STAGES:
        value = network.add("Relu", [network.convolution(value, channels, width, 2)])
        channels = width
        for _ in range(blocks):
            value = network.residual(value, channels)
    value = network.add("Flatten", [network.add("GlobalAveragePool", [value])], axis=1)
    value = network.add("MatMul", [value, network.weight((channels, CLASSES), channels)])
    network.nodes.append(helper.make_node("Softmax", [value], ["scores"], axis=1))
    graph = helper.make_graph(
        network.nodes,
        "conv",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, 224, 224])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", CLASSES])],
        network.weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="neurite")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


if __name__ == "__main__":
    onnx.save(build(), HERE / "conv.onnx")
