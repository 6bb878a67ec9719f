"""Simulates bearings that run until they fail, trains a network that says how long each has left, and writes both with a baseline.

The physics. A crack of length a (mm) in a bearing's race grows with every cycle by Paris' law (Paris and Erdogan 1963)

    da/dN = C (Y S sqrt(pi a))^m

with C and m of the steel, Y = 1.12 for an edge crack, and the load S (MPa) of the hour, which follows a day and a random walk. The
bearing has failed when a reaches 5 mm; that moment is the known truth of every run. Each bearing draws its own C, first crack, mean
load and speed. What sensors see, every hour: vibration (rises with crack and load), temperature (with load, speed and, late, friction),
load and speed, each with noise. The network gets sensor values and their means and slopes over the last day: never the crack.

Output, beside this script:
  data.csv     one row an hour of the runs that no model has seen: 9 features, hours left (`remaining`), the baseline's answer (`linear`)
  model.onnx   input `features` float32 [N, 9], output `remaining` float32 [N, 1] in hours
  expected.json  mean absolute errors of network and baseline on data.csv, by Python's onnxruntime on exactly these files

The baseline is a linear regression on the same features and the same training runs.

Packages: numpy, scikit-learn, onnx, onnxruntime==1.31.1. Run: python examples/predictive-maintenance/make.py
"""

import csv
import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPRegressor

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models"))
from perceptron import Graph  # noqa: E402

SEED = 20_260_102
RUNS, TEST_RUNS = 200, 16
FAILED_AT = 5.0
WINDOW = 24
# Beyond this nobody plans maintenance: the truth is capped, as is usual for remaining-life data.
HORIZON = 300.0
FEATURES = ["vibration", "temperature", "load", "speed", "vibration_mean", "vibration_slope", "temperature_mean", "temperature_slope", "load_mean"]
HERE = Path(__file__).resolve().parent


def simulate(random):
    """Returns the hourly sensor values of one bearing from its first hour to its failure, float [hours, 4]."""
    c, m = 10 ** random.normal(-12.7, 0.08), 3.0
    crack, mean_load, speed = random.uniform(0.4, 0.7), random.uniform(95, 135), random.uniform(900, 1500)
    drift, rows = 0.0, []
    while crack < FAILED_AT:
        hour = len(rows)
        drift = 0.98 * drift + random.normal(0, 2)
        load = max(40.0, mean_load + 12 * numpy.sin(2 * numpy.pi * hour / 24) + drift)
        now = speed + random.normal(0, 15)
        stress = 1.12 * load * numpy.sqrt(numpy.pi * crack / 1000)
        crack += 1000 * c * stress**m * now * 60
        friction = max(0.0, crack - 2.5)
        vibration = 0.6 + 0.35 * crack**1.2 * (load / 110) + random.normal(0, 0.06)
        temperature = 32 + 0.12 * load + 0.008 * now + 4.5 * friction + random.normal(0, 0.7)
        rows.append((vibration, temperature, load + random.normal(0, 1.5), now))
    return numpy.array(rows)


def features_of(sensors):
    """Returns one row of features for every hour that has a full day behind it, and the hours left at each."""
    hours = numpy.arange(WINDOW) - (WINDOW - 1) / 2
    rows = []
    for end in range(WINDOW, len(sensors) + 1):
        day = sensors[end - WINDOW : end]
        slope = (hours[:, None] * (day - day.mean(axis=0))).sum(axis=0) / (hours**2).sum()
        mean = day.mean(axis=0)
        rows.append([*day[-1], mean[0], slope[0], mean[1], slope[1], mean[2]])
    left = numpy.minimum(len(sensors) - numpy.arange(WINDOW, len(sensors) + 1), HORIZON)
    return numpy.array(rows, dtype=numpy.float32), left.astype(numpy.float32)


def to_onnx(network, centre, scale):
    """Makes the standardisation part of the model, so that it takes raw sensor values and answers in hours."""
    graph = Graph()
    graph.perceptron(graph.standardise("features", centre, scale), network, "remaining", unit=HORIZON)
    return graph.model("remaining-life", [("features", len(FEATURES))], [("remaining", 1)])


def train(runs):
    """Returns the network as ONNX and the baseline, both fitted on the same runs."""
    x, y = (numpy.concatenate(part) for part in zip(*runs))
    centre, scale = x.mean(axis=0), x.std(axis=0)
    network = MLPRegressor(hidden_layer_sizes=(48, 24), alpha=1e-3, early_stopping=True, n_iter_no_change=25, max_iter=400, random_state=SEED)
    network.fit((x - centre) / scale, y / HORIZON)
    return to_onnx(network, centre, scale), LinearRegression().fit(x, y)


def write_csv(path, x, y, linear):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*FEATURES, "remaining", "linear"])
        for row, left, guess in zip(x, y, linear):
            writer.writerow([*(f"{value:.3f}" for value in row), f"{left:.0f}", f"{guess:.2f}"])


def reference():
    """Measures both on the files as they are read back from disk."""
    table = numpy.loadtxt(HERE / "data.csv", delimiter=",", skiprows=1, dtype=numpy.float32)
    x, y, linear = table[:, : len(FEATURES)], table[:, -2], table[:, -1]
    session = onnxruntime.InferenceSession(str(HERE / "model.onnx"), providers=["CPUExecutionProvider"])
    (answers,) = session.run(["remaining"], {"features": x})
    error, linear_error = numpy.abs(answers[:, 0].astype(float) - y), numpy.abs(linear.astype(float) - y)
    return {
        "rows": len(y),
        "mae_hours": round(float(error.mean()), 3),
        "mae_linear_hours": round(float(linear_error.mean()), 3),
        "mae_hours_last_100": round(float(error[y <= 100].mean()), 3),
        "mae_linear_hours_last_100": round(float(linear_error[y <= 100].mean()), 3),
        "onnxruntime": onnxruntime.__version__,
    }


def main():
    random = numpy.random.RandomState(SEED)
    sensors = [simulate(random) for _ in range(RUNS)]
    print("hours to failure: %d to %d" % (min(map(len, sensors)), max(map(len, sensors))))
    runs = [features_of(run) for run in sensors]
    model, linear = train(runs[TEST_RUNS:])
    onnx.save(model, HERE / "model.onnx")
    # The unseen runs, every third hour.
    x, y = (numpy.concatenate(part)[::3] for part in zip(*runs[:TEST_RUNS]))
    write_csv(HERE / "data.csv", x, y, numpy.clip(linear.predict(x), 0, HORIZON))
    result = reference()
    (HERE / "expected.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
