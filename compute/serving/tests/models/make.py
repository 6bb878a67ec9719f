"""Builds the models of the serving tests: graphs of a few nodes whose answers, and whose failures, are known.

Output, beside this script:
  table.onnx   input `index` int64 [N], output `values` float32 [N, 2]: row `index` of a table of four; other indices fail the inference
  bytes.onnx   input `image` uint8 [N, 2, 3], output `inverted` uint8 [N, 2, 3]: 255 minus each byte
  expand.onnx  input `x` float32 [N, 1], output `sum` float32 [N, 1]: four million times `x`, by way of 16 MiB of memory a row

Packages: numpy, onnx. Run: python compute/serving/tests/models/make.py
"""

from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
COPIES = 4 << 20


def constant(name, values, dtype):
    return numpy_helper.from_array(numpy.array(values, dtype=dtype), name)


def write(name, nodes, source, target, weights):
    """Checks a graph and writes it."""
    graph = helper.make_graph(nodes, name, [source], [target], weights)
    model = helper.make_model(graph, producer_name="neurite", opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, HERE / f"{name}.onnx")


def table():
    values = constant("table", [[0, 1], [10, 11], [20, 21], [30, 31]], numpy.float32)
    source = helper.make_tensor_value_info("index", TensorProto.INT64, ["N"])
    target = helper.make_tensor_value_info("values", TensorProto.FLOAT, ["N", 2])
    write("table", [helper.make_node("Gather", ["table", "index"], ["values"], axis=0)], source, target, [values])


def inverted():
    nodes = [
        helper.make_node("Cast", ["image"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["most", "numbers"], ["rest"]),
        helper.make_node("Cast", ["rest"], ["inverted"], to=TensorProto.UINT8),
    ]
    source = helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", 2, 3])
    target = helper.make_tensor_value_info("inverted", TensorProto.UINT8, ["N", 2, 3])
    write("bytes", nodes, source, target, [constant("most", 255, numpy.float32)])


def expand():
    nodes = [
        helper.make_node("Expand", ["x", "shape"], ["copies"]),
        helper.make_node("ReduceSum", ["copies", "axes"], ["sum"], keepdims=1),
    ]
    weights = [constant("shape", [1, COPIES], numpy.int64), constant("axes", [1], numpy.int64)]
    source = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1])
    target = helper.make_tensor_value_info("sum", TensorProto.FLOAT, ["N", 1])
    write("expand", nodes, source, target, weights)


if __name__ == "__main__":
    table()
    inverted()
    expand()
