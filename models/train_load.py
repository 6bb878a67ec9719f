"""Simulates the electric load of buildings, trains a network that forecasts the next day, and writes model, data and reference figures.

The simulation: an hourly load with a course of the day (two waves), quieter days at the end of the week, a level that jumps by a tenth to a
third every few weeks on average (a tenant moves in, a machine is switched off), and noise that lasts for some hours. Size, courses and jumps
are each building's own. What is real here is the arithmetic only: nobody's load was measured.

The network sees the last two weeks and says the next day. It works on logarithms, less that of the last day's level, so that buildings of
every size look alike and a jump is a sum: a linear forecast by ridge regression, and a perceptron with one hidden layer that corrects it.

Output:
  models/load_forecast.onnx  input `features` float32 [N, 336], the last two weeks in any unit, oldest first, all above 0; output `forecast`
                             float32 [N, 24], the next hours in the same unit
  examples/data/load.csv     a column `load` in kilowatts, 26 weeks of one building
  models/load.json           mean absolute errors, in kilowatts and scaled by the mean change from week to week, of the network and of what was a
                             week ago, on exactly these files: 24 hours are forecast every 24 rows, after two weeks

The network learns from buildings of another seed; no row of the CSV is in it.

Packages: numpy, onnx, onnxruntime==1.31.1, blake3. Run: OPENBLAS_NUM_THREADS=1 python models/train_load.py (with more threads, the last bits
of the weights come out otherwise)
"""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import blake3
import numpy
import onnx
import onnxruntime

from perceptron import Graph

HISTORY_SEED, DATA_SEED, NETWORK_SEED = 20_260_501, 20_260_502, 20_260_503
BUILDINGS, HISTORY_WEEKS, DATA_WEEKS = 120, 30, 26
DAY, WEEK = 24, 168
WINDOW, HORIZON = 2 * WEEK, DAY
# Rows between two windows to learn from: prime to the day, so that every hour comes.
STRIDE = 17
HIDDEN, EPOCHS, BATCH, RATE = 32, 12, 512, 2e-3
# The largest error of a logarithm that counts by its size, so that jumps, which nobody can foresee, do not lead.
OUTLIER = 0.1
RIDGE = 1.0
LEAST = 1e-6
ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models/load_forecast.onnx"
DATA = ROOT / "examples/data/load.csv"


def jumps(random, rows):
    """Returns the logarithm of a level that jumps now and then, and forgets a little of it."""
    level, at = numpy.zeros(rows), 0
    while (at := at + DAY + int(random.exponential(2.5 * WEEK))) < rows:
        size = random.uniform(0.1, 0.3) * random.choice([-1, 1])
        level[at:] += size - 0.3 * level[at]
    return level


def lasting_noise(random, rows):
    """Returns noise of which four fifths are left an hour later."""
    noise = random.standard_normal(rows) * 0.025
    for row in range(1, rows):
        noise[row] += 0.8 * noise[row - 1]
    return noise + random.standard_normal(rows) * 0.02


def simulate(random, weeks):
    """Returns the hourly load of a building."""
    hour = numpy.arange(weeks * WEEK)
    turn = 2.0 * numpy.pi * (hour % DAY) / DAY
    course = 1.0 - random.uniform(0.2, 0.45) * numpy.cos(turn - random.uniform(-0.6, 0.6))
    course -= random.uniform(0.05, 0.2) * numpy.cos(2.0 * turn + random.uniform(0.0, 2.0 * numpy.pi))
    days = numpy.array([1.0] * 5 + [random.uniform(0.6, 0.9), random.uniform(0.45, 0.8)])
    size = random.uniform(50.0, 500.0)
    return size * course * days[hour // DAY % 7] * numpy.exp(jumps(random, len(hour)) + lasting_noise(random, len(hour)))


def windows(load, stride):
    """Returns windows with a day behind them, and these days."""
    ends = range(WINDOW, len(load) - HORIZON + 1, stride)
    return numpy.stack([load[end - WINDOW : end] for end in ends]), numpy.stack([load[end : end + HORIZON] for end in ends])


def levelled(past):
    """Returns logarithms less the mean of the last day's, and that mean."""
    logarithms = numpy.log(past)
    level = logarithms[:, -DAY:].mean(axis=1, keepdims=True)
    return logarithms - level, level


def fit_linear(past, future):
    """Returns weights and bias of a ridge regression."""
    inputs = numpy.concatenate([past, numpy.ones((len(past), 1))], axis=1)
    solved = numpy.linalg.solve(inputs.T @ inputs + RIDGE * numpy.eye(inputs.shape[1]), inputs.T @ future)
    return solved[:-1], solved[-1]


def fit_perceptron(inputs, targets):
    """Returns layers that were fitted with Adam on Huber's loss; they begin with an answer of zero."""
    random = numpy.random.RandomState(NETWORK_SEED)
    width = inputs.shape[1]
    layers = [random.standard_normal((width, HIDDEN)) / width**0.5, numpy.zeros(HIDDEN), numpy.zeros((HIDDEN, HORIZON)), numpy.zeros(HORIZON)]
    layers = [part.astype(numpy.float32) for part in layers]
    means, squares = ([numpy.zeros_like(part) for part in layers] for _ in range(2))
    starts = range(0, len(inputs) - BATCH + 1, BATCH)
    steps, step = EPOCHS * len(starts), 0
    for _ in range(EPOCHS):
        order = random.permutation(len(inputs))
        for start in starts:
            rows, step = order[start : start + BATCH], step + 1
            for part, mean, square, slope in zip(layers, means, squares, slopes(layers, inputs[rows], targets[rows])):
                mean += 0.1 * (slope - mean)
                square += 0.001 * (slope**2 - square)
                pace = RATE * (1 - step / (steps + 1)) / (1 - 0.9**step)
                part -= (pace * mean / (numpy.sqrt(square / (1 - 0.999**step)) + 1e-8)).astype(numpy.float32)
    return layers


def slopes(layers, inputs, targets):
    """Returns the gradient of the loss for each part of the layers."""
    first, bias, second, second_bias = layers
    before = inputs @ first + bias
    hidden = numpy.maximum(before, 0)
    error = numpy.clip(hidden @ second + second_bias - targets, -OUTLIER, OUTLIER) / len(inputs)
    back = (error @ second.T) * (before > 0)
    return inputs.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0)


def train():
    random = numpy.random.RandomState(HISTORY_SEED)
    cut = [windows(simulate(random, HISTORY_WEEKS), STRIDE) for _ in range(BUILDINGS)]
    past, future = (numpy.concatenate(part) for part in zip(*cut))
    past, level = levelled(past)
    future = numpy.log(future) - level
    weights, bias = fit_linear(past, future)
    spread = past.std(axis=0)
    first, first_bias, second, second_bias = fit_perceptron(
        (past / spread).astype(numpy.float32), (future - past @ weights - bias).astype(numpy.float32)
    )
    network = SimpleNamespace(coefs_=[first / spread[:, None], second], intercepts_=[first_bias, second_bias + bias])
    return to_onnx(weights, network)


def to_onnx(weights, network):
    """Makes logarithm and level part of the model, so that it takes and gives any unit."""
    graph = Graph()
    logarithms = graph.add("Log", [graph.add("Max", ["features", graph.constant(LEAST)])])
    last_day = graph.add("Slice", [logarithms, *(graph.constant([number], numpy.int64) for number in (WINDOW - DAY, WINDOW, 1))])
    level = graph.add("ReduceMean", [last_day], axes=[1], keepdims=1)
    past = graph.add("Sub", [logarithms, level])
    linear = graph.add("MatMul", [past, graph.constant(weights)])
    answer = graph.add("Add", [linear, graph.perceptron(past, network)])
    graph.add("Exp", [graph.add("Add", [answer, level])], "forecast")
    return graph.model("load", [("features", WINDOW)], [("forecast", HORIZON)])


def reference():
    """Measures both on the files as they are read back from disk."""
    load = numpy.loadtxt(DATA, skiprows=1, dtype=numpy.float32)
    past, future = windows(load, HORIZON)
    session = onnxruntime.InferenceSession(str(MODEL), providers=["CPUExecutionProvider"])
    (answers,) = session.run(["forecast"], {"features": past})
    future, load = future.astype(float), load.astype(float)
    errors = {"network": answers - future, "week_ago": past[:, -WEEK : -WEEK + HORIZON] - future}
    maes = {name: float(numpy.abs(error).mean()) for name, error in errors.items()}
    change = float(numpy.abs(load[WEEK:] - load[:-WEEK]).mean())
    return {
        "rows": len(load),
        "forecasts": len(future),
        "mae": {name: round(mae, 6) for name, mae in maes.items()},
        "mase": {name: round(mae / change, 6) for name, mae in maes.items()},
        "onnxruntime": onnxruntime.__version__,
    }


def digests(path):
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "blake3": blake3.blake3(content).hexdigest()}


def main():
    onnx.save(train(), MODEL)
    load = simulate(numpy.random.RandomState(DATA_SEED), DATA_WEEKS)
    DATA.write_text("load\n" + "".join(f"{value:.2f}\n" for value in load))
    result = reference()
    result["files"] = {path.name: digests(path) for path in (MODEL, DATA)}
    (ROOT / "models/load.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
