"""Trains the digit classifier of the examples and writes it as ONNX with its data and its reference result.

Input: scikit-learn's copy of the UCI set "Optical Recognition of Handwritten Digits" (1,797 pictures of 8x8 grey values 0..16).
Split: a fixed permutation; the first 1,200 rows train the network, the other 597 are held out. All 1,797 rows go to the CSV, in the
order of the original set.

Output, beside this script:
  digits.onnx  input `features` float32 [N, 64] (raw grey values), output `scores` float32 [N, 10] (probabilities)
  digits.csv   header, 64 feature columns, then the label
  digits.json  the reference: how many of the rows Python's onnxruntime answers rightly with exactly these files

Packages: numpy, scikit-learn, onnx, onnxruntime==1.31.1, blake3. Run: python models/train_digits.py
"""

import csv
import hashlib
import json
from pathlib import Path

import blake3
import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

SEED = 20_260_101
TRAINING_ROWS = 1_200
GREY_LEVELS = 16.0
HERE = Path(__file__).resolve().parent


def train(features, labels):
    """Returns the fitted network and the indices of the rows it has not seen."""
    order = numpy.random.RandomState(SEED).permutation(len(features))
    seen, held_out = order[:TRAINING_ROWS], numpy.sort(order[TRAINING_ROWS:])
    network = MLPClassifier(hidden_layer_sizes=(48, 24), alpha=1e-3, max_iter=400, random_state=SEED)
    network.fit(features[seen] / GREY_LEVELS, labels[seen])
    return network, held_out


def to_onnx(network):
    """Writes the layers as Mul, Gemm, Relu and Softmax: the scaling is part of the model, so that it takes raw grey values."""
    nodes = [helper.make_node("Mul", ["features", "scale"], ["hidden_0"])]
    tensors = [numpy_helper.from_array(numpy.array(1.0 / GREY_LEVELS, dtype=numpy.float32), "scale")]
    last = len(network.coefs_) - 1
    for layer, (weights, bias) in enumerate(zip(network.coefs_, network.intercepts_)):
        tensors.append(numpy_helper.from_array(weights.astype(numpy.float32), f"weights_{layer}"))
        tensors.append(numpy_helper.from_array(bias.astype(numpy.float32), f"bias_{layer}"))
        nodes.append(helper.make_node("Gemm", [f"hidden_{layer}", f"weights_{layer}", f"bias_{layer}"], [f"sum_{layer}"]))
        if layer == last:
            nodes.append(helper.make_node("Softmax", [f"sum_{layer}"], ["scores"], axis=1))
        else:
            nodes.append(helper.make_node("Relu", [f"sum_{layer}"], [f"hidden_{layer + 1}"]))
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 64])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", 10])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="neurite")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def write_csv(path, features, labels):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f"f{column}" for column in range(features.shape[1])] + ["label"])
        for row, label in zip(features.astype(int), labels):
            writer.writerow([*row.tolist(), int(label)])


def reference(model_path, csv_path, held_out):
    """Counts the right answers of the exported files, read back from disk, with Python's onnxruntime."""
    table = numpy.loadtxt(csv_path, delimiter=",", skiprows=1, dtype=numpy.float32)
    features, labels = table[:, :64], table[:, 64].astype(int)
    session = onnxruntime.InferenceSession(str(model_path), providers=["CPUExecutionProvider"])
    (scores,) = session.run(["scores"], {"features": features})
    hits = scores.argmax(axis=1) == labels
    ordered = numpy.sort(scores, axis=1)
    return {
        "rows": len(labels),
        "right": int(hits.sum()),
        "accuracy": round(float(hits.mean()), 6),
        "held_out_rows": len(held_out),
        "held_out_right": int(hits[held_out].sum()),
        # How far the two best scores of any row lie apart: the count cannot change through rounding below this.
        "smallest_margin": float((ordered[:, -1] - ordered[:, -2]).min()),
        "onnxruntime": onnxruntime.__version__,
    }


def digests(path):
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "blake3": blake3.blake3(content).hexdigest()}


def main():
    digits = load_digits()
    network, held_out = train(digits.data, digits.target)
    model_path, csv_path = HERE / "digits.onnx", HERE / "digits.csv"
    onnx.save(to_onnx(network), model_path)
    write_csv(csv_path, digits.data, digits.target)
    result = reference(model_path, csv_path, held_out)
    result["files"] = {path.name: digests(path) for path in (model_path, csv_path)}
    (HERE / "digits.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
