"""Simulates a pump's telemetry, trains an auto-encoder on healthy operation, and writes model, data and reference figures.

The simulation: a pump follows a slowly changing speed against a throttle that opens and closes, in air of changing temperature. Eight
sensors see it, all with noise: speed, throttle, flow, pressure, power, current, vibration, temperature. Their laws are the textbook's
affinity laws (flow ~ speed, head ~ speed squared, power ~ flow times head) and a resonance, so that healthy rows lie near a curved
surface of three dimensions. What is real here is the arithmetic only: no machine was measured.

Anomalies keep every sensor within its healthy range. Some break a correlation (a current that does not belong to the power); others are
possible for every pair of sensors taken linearly, but not on the surface (a resonance at the wrong speed, a worn wheel whose head is that
of another speed, a leak whose flow is that of another throttle). All but the air's temperature, which no sensor measures, can be seen.

Output:
  models/telemetry_autoencoder.onnx  input `features` float32 [N, 8] in the sensors' units, output `reconstruction` float32 [N, 8]
  examples/data/telemetry.csv        header, eight sensors, then the label (0 healthy, 1 anomaly); the first 1,000 rows are healthy
  models/telemetry.json              areas under the ROC curve of the auto-encoder and of Gaussians, on exactly these files

The network learns from a history of another seed; no row of the CSV is in it.

Packages: numpy, scikit-learn, onnx, onnxruntime==1.31.1, blake3. Run: python models/train_autoencoder.py
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
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPRegressor

SENSORS = ["speed", "throttle", "flow", "pressure", "power", "current", "vibration", "temperature"]
HISTORY_SEED, DATA_SEED, NETWORK_SEED = 20_260_301, 20_260_302, 20_260_303
HISTORY_ROWS, TRAIN_ROWS, TEST_ROWS = 20_000, 1_000, 2_000
ANOMALY_ROWS = 240
LAYERS = (48, 24, 3, 24, 48)
ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models/telemetry_autoencoder.onnx"
DATA = ROOT / "examples/data/telemetry.csv"


def wander(random, rows, low, high, pace):
    """Returns a smooth random walk between two bounds."""
    steps = numpy.cumsum(random.standard_normal(rows) * pace)
    return low + (high - low) * (0.5 + 0.5 * numpy.sin(steps))


def sensors(random, speed, throttle, air):
    """Returns what the sensors see of the pump's state, without faults."""
    flow = 60.0 * speed * (0.3 + 0.7 * throttle)
    pressure = 9.0 * speed**2 * (1.0 - 0.45 * throttle**2)
    power = 0.4 + 0.02 * flow * pressure
    current = power / 0.38 * (1.0 + 0.15 / (0.3 + throttle))
    vibration = 0.6 + 0.4 * speed + 2.2 * numpy.exp(-(((speed - 0.95) / 0.07) ** 2))
    temperature = air + 2.4 * power**0.5 + 6.0 * speed * (1.0 - throttle)
    table = numpy.stack([speed, throttle, flow, pressure, power, current, vibration, temperature], axis=1)
    noise = numpy.array([0.004, 0.006, 0.35, 0.06, 0.08, 0.25, 0.05, 0.15])
    return table + random.standard_normal(table.shape) * noise


def simulate(random, rows):
    """Returns the state of a healthy pump: speed, throttle, air."""
    return wander(random, rows, 0.55, 1.25, 0.05), wander(random, rows, 0.1, 1.0, 0.07), wander(random, rows, 15.0, 30.0, 0.01)


def break_rows(random, table, state, rows):
    """Puts a fault into each of these rows: the readings of a sensor become those of another healthy state."""
    speed, throttle, air = (part[rows] for part in state)
    other_speed = numpy.where(speed > 0.9, speed - random.uniform(0.1, 0.25, len(rows)), speed + random.uniform(0.1, 0.25, len(rows)))
    other_throttle = numpy.where(throttle > 0.55, throttle - 0.3, throttle + 0.3)
    slower, throttled = sensors(random, other_speed, throttle, air), sensors(random, speed, other_throttle, air)
    for at, row in enumerate(rows):
        match at % 5:
            case 0:  # current of another power
                table[row, 5] = slower[at, 5]
            case 1:  # worn wheel: head and power of a lower or higher speed
                table[row, [3, 4, 5]] = slower[at, [3, 4, 5]]
            case 2:  # leak: flow of another throttle
                table[row, 2] = throttled[at, 2]
            case 3:  # resonance at the wrong speed, or none where it belongs
                calm = abs(speed[at] - 0.95) > 0.12
                table[row, 6] = random.uniform(1.9, 3.1) if calm else 0.6 + 0.4 * speed[at]
            case _:  # failing motor: power and current of another throttle
                table[row, [4, 5]] = throttled[at, [4, 5]]


def make_data():
    """Returns the rows of the CSV and their labels; the first TRAIN_ROWS are healthy."""
    random = numpy.random.RandomState(DATA_SEED)
    rows = TRAIN_ROWS + TEST_ROWS
    state = simulate(random, rows)
    table = sensors(random, *state)
    low, high = table.min(axis=0), table.max(axis=0)
    broken = TRAIN_ROWS + numpy.sort(random.permutation(TEST_ROWS)[:ANOMALY_ROWS])
    break_rows(random, table, state, broken)
    labels = numpy.zeros(rows, dtype=int)
    labels[broken] = 1
    return numpy.clip(table, low, high), labels


def to_onnx(network, mean, scale):
    """Writes scaling, layers and scaling back, so that the model takes and gives the sensors' units."""
    constants = {"mean": mean, "scale": scale}
    nodes = [helper.make_node("Sub", ["features", "mean"], ["centred"]), helper.make_node("Div", ["centred", "scale"], ["hidden_0"])]
    last = len(network.coefs_) - 1
    for layer, (weights, bias) in enumerate(zip(network.coefs_, network.intercepts_)):
        constants |= {f"weights_{layer}": weights, f"bias_{layer}": bias}
        nodes.append(helper.make_node("Gemm", [f"hidden_{layer}", f"weights_{layer}", f"bias_{layer}"], [f"sum_{layer}"]))
        if layer < last:
            nodes.append(helper.make_node("Tanh", [f"sum_{layer}"], [f"hidden_{layer + 1}"]))
    nodes.append(helper.make_node("Mul", [f"sum_{last}", "scale"], ["spread"]))
    nodes.append(helper.make_node("Add", ["spread", "mean"], ["reconstruction"]))
    tensors = [numpy_helper.from_array(values.astype(numpy.float32), name) for name, values in constants.items()]
    shape = ["N", len(SENSORS)]
    graph = helper.make_graph(
        nodes,
        "telemetry",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("reconstruction", TensorProto.FLOAT, shape)],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="neurite")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def distances(training, rows):
    """Returns squared Mahalanobis distances of rows from what training rows are like."""
    mean, scale = training.mean(axis=0), training.std(axis=0)
    correlation = numpy.corrcoef(training.T) + 1e-6 * numpy.eye(training.shape[1])
    centred = (rows - mean) / scale
    return (centred * numpy.linalg.solve(correlation, centred.T).T).sum(axis=1)


def reference(history):
    """Scores the exported files, read back from disk."""
    table = numpy.loadtxt(DATA, delimiter=",", skiprows=1, dtype=numpy.float32)
    features, labels = table[:, : len(SENSORS)], table[:, len(SENSORS)].astype(int)
    session = onnxruntime.InferenceSession(str(MODEL), providers=["CPUExecutionProvider"])
    (rebuilt,) = session.run(["reconstruction"], {"features": features})
    errors = features.astype(float) - rebuilt
    features = features.astype(float)
    scores = {
        "model": distances(errors[:TRAIN_ROWS], errors),
        "gaussian": distances(features[:TRAIN_ROWS], features),
        "gaussian_of_history": distances(history, features),
    }
    tested = slice(TRAIN_ROWS, None)
    return {
        "train_rows": TRAIN_ROWS,
        "test_rows": TEST_ROWS,
        "anomalies": int(labels[tested].sum()),
        "auc": {name: round(float(roc_auc_score(labels[tested], score[tested])), 6) for name, score in scores.items()},
        "onnxruntime": onnxruntime.__version__,
    }


def digests(path):
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "blake3": blake3.blake3(content).hexdigest()}


def write_csv(table, labels):
    DATA.parent.mkdir(exist_ok=True)
    with DATA.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*SENSORS, "label"])
        for row, label in zip(table, labels):
            writer.writerow([*(f"{value:.4f}" for value in row), label])


def main():
    random = numpy.random.RandomState(HISTORY_SEED)
    history = sensors(random, *simulate(random, HISTORY_ROWS))
    mean, scale = history.mean(axis=0), history.std(axis=0)
    network = MLPRegressor(
        hidden_layer_sizes=LAYERS,
        activation="tanh",
        alpha=1e-5,
        max_iter=300,
        random_state=NETWORK_SEED,
        early_stopping=True,
        n_iter_no_change=25,
    )
    network.fit((history - mean) / scale, (history - mean) / scale)
    onnx.save(to_onnx(network, mean, scale), MODEL)
    write_csv(*make_data())
    result = reference(history)
    result["files"] = {path.name: digests(path) for path in (MODEL, DATA)}
    (ROOT / "models/telemetry.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
