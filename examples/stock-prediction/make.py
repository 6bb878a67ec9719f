"""Simulates closing prices, trains a network that forecasts the next one, and writes both with baselines.

The market. The logarithm of a share's price is the sum of two parts:

  value   a geometric Brownian motion: drift and volatility of the share's own, changes of each day independent of all others
  mood    how far the price is from the value; it returns to zero, slowly while it is small, and fast once it is so large that somebody
          trades on it (an autoregressive process with a threshold)

Nothing forecasts the value. The mood can be seen through it, dimly, in the last prices: that is all that there is to learn, and it is put
in here on purpose. Real prices hold far less of it, if any.

Output, beside this script:
  prices.csv   250 days of four shares, after those that the network learnt from: day, share, the last ten closing prices
  model.onnx   input `features` float32 [N, 10] (closing prices, today's last), output `forecast` float32 [N, 1]
  expected.json  mean absolute errors of tomorrow's price in percent of today's, by Python's onnxruntime on exactly these files

The baselines are the last value (tomorrow's price is today's) and a linear regression on the same changes and the same days.

Packages: numpy, scikit-learn, onnx, onnxruntime==1.31.1. Run: python examples/stock-prediction/make.py
"""

import csv
import datetime
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

SEED = 20_260_801
SHARES = ["ALDER", "BEECH", "CEDAR", "ELM"]
# Further shares, from which the network learns too, but which nobody asks about.
OTHERS = 20
DAYS, TEST_DAYS, WINDOW = 2250, 250, 10
HERE = Path(__file__).resolve().parent


def simulate(random):
    """Returns the closing prices of a share."""
    drift, volatility, sway = random.normal(0.0002, 0.0001), random.uniform(0.003, 0.005), random.uniform(0.010, 0.015)
    value, mood, logarithms = numpy.log(random.uniform(20, 200)), 0.0, []
    for _ in range(DAYS):
        value += drift + random.normal(0, volatility)
        stays = 0.95 if abs(mood) < 2 * sway else 0.05
        mood = stays * mood + random.normal(0, sway)
        logarithms.append(value + mood)
    return numpy.round(numpy.exp(logarithms), 2)


def windows(prices):
    """Returns the last ten prices of each day that has them and a day after it, and the price of that day."""
    ends = range(WINDOW, len(prices))
    return numpy.array([prices[end - WINDOW : end] for end in ends]), prices[WINDOW:]


def changes(rows):
    """Returns the logarithms of the prices before today's, as shares of today's."""
    return numpy.log(rows[:, :-1] / rows[:, -1:])


def to_onnx(network, centre, scale, unit):
    """Makes logarithms and standardisation part of the model, so that it takes prices and answers with one."""
    graph = Graph()
    columns = lambda start, end: graph.add("Slice", ["features", *(graph.constant([value], numpy.int64) for value in (start, end, 1))])
    before, today = columns(0, WINDOW - 1), columns(WINDOW - 1, WINDOW)
    relative = graph.add("Log", [graph.add("Div", [before, today])])
    change = graph.perceptron(graph.standardise(relative, centre, scale), network, unit=unit)
    graph.add("Mul", [today, graph.add("Exp", [change])], "forecast")
    return graph.model("next-close", [("features", WINDOW)], [("forecast", 1)])


def train(histories):
    """Returns the network as ONNX and the linear baseline, both fitted on the same days."""
    rows, after = (numpy.concatenate(part) for part in zip(*(windows(history) for history in histories)))
    x, y = changes(rows), numpy.log(after / rows[:, -1])
    centre, scale, unit = x.mean(axis=0), x.std(axis=0), float(y.std())
    network = MLPRegressor(hidden_layer_sizes=(24, 12), alpha=1e-3, early_stopping=True, n_iter_no_change=15, max_iter=300, random_state=SEED)
    network.fit((x - centre) / scale, y / unit)
    return to_onnx(network, centre, scale, unit), LinearRegression().fit(x, y)


def weekdays(count):
    """Returns so many days on which people trade, the last of them the last of 2025."""
    day, found = datetime.date(2025, 12, 31), []
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day)
        day -= datetime.timedelta(days=1)
    return found[::-1]


def write_csv(path, histories):
    """Writes the days that no model has seen, as a file that grows every evening would hold them: day by day, all shares of each."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["day", "share", *(f"close_{back}" for back in range(WINDOW - 1, 0, -1)), "close"])
        for at, day in enumerate(weekdays(TEST_DAYS)):
            end = DAYS - TEST_DAYS + at + 1
            for share, prices in zip(SHARES, histories):
                writer.writerow([day.isoformat(), share, *(f"{price:.2f}" for price in prices[end - WINDOW : end])])


def reference(linear):
    """Measures all on the files as they are read back from disk."""
    with (HERE / "prices.csv").open() as file:
        table = list(csv.DictReader(file))
    prices = numpy.array([list(row.values())[2:] for row in table], dtype=numpy.float64)
    session = onnxruntime.InferenceSession(str(HERE / "model.onnx"), providers=["CPUExecutionProvider"])
    (answers,) = session.run(["forecast"], {"features": prices.astype(numpy.float32)})
    forecasts = {"network": answers[:, 0], "last_value": prices[:, -1], "linear": prices[:, -1] * numpy.exp(linear.predict(changes(prices)))}
    # All but the last day of each share have a day after them, which is so many rows later.
    today, tomorrow = prices[: -len(SHARES), -1], prices[len(SHARES) :, -1]
    errors = {name: 100 * numpy.abs(values[: -len(SHARES)] - tomorrow) / today for name, values in forecasts.items()}
    return {
        "rows": len(table),
        "forecasts": len(today),
        "mae_percent": {name: round(float(error.mean()), 4) for name, error in errors.items()},
        "onnxruntime": onnxruntime.__version__,
    }


def main():
    random = numpy.random.RandomState(SEED)
    histories = [simulate(random) for _ in range(len(SHARES) + OTHERS)]
    model, linear = train([history[: DAYS - TEST_DAYS] for history in histories])
    onnx.save(model, HERE / "model.onnx")
    write_csv(HERE / "prices.csv", histories[: len(SHARES)])
    result = reference(linear)
    (HERE / "expected.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
