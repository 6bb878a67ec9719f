"""Writes scikit-learn's perceptrons as ONNX, for the scripts that train the models of the examples.

Packages: numpy, onnx.
"""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Collects nodes and constants; every method returns the name of the value it adds."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def add(self, operator, inputs, output=None, **attributes):
        name = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def constant(self, values, dtype=numpy.float32):
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(numpy.asarray(values, dtype=dtype), name))
        return name

    def standardise(self, value, centre, scale):
        centred = self.add("Sub", [value, self.constant(centre)])
        return self.add("Div", [centred, self.constant(scale)])

    def perceptron(self, value, network, output=None, unit=1.0):
        """Adds the layers of an MLP with Relu between them; the last layer's answer is multiplied by `unit`."""
        last = len(network.coefs_) - 1
        for layer, (weights, bias) in enumerate(zip(network.coefs_, network.intercepts_)):
            factor = unit if layer == last else 1.0
            inputs = [value, self.constant(weights * factor), self.constant(bias * factor)]
            value = self.add("Gemm", inputs, output if layer == last else None)
            if layer != last:
                value = self.add("Relu", [value])
        return value

    def model(self, name, inputs, outputs):
        """Returns the checked model; `inputs` and `outputs` are pairs of name and number of columns."""
        side = lambda values: [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["N", columns]) for value, columns in values]
        graph = helper.make_graph(self.nodes, name, side(inputs), side(outputs), self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="neurite")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        return model
