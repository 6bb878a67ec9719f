"""Simulates a shop's sales, trains a network that says how much to order, and writes both with a baseline.

The shop. Sixty articles sell for two years. An article's sales of a day are drawn from a Poisson distribution (every third article from a
negative binomial one, whose days differ more) with the mean

    level · week[day of the week] · (1 + season · sin(day of the year)) · (uplift on days of a promotion) · trend

Level, weekly profile, season, uplift and trend are the article's own. Promotions are planned a month ahead and last four days.
The question of each day: how many pieces will be sold in the seven days to come, that is, how many must be ordered now for the shelf to
be neither empty nor full of what spoils?

Output, beside this script:
  data.csv     one row per article and day of the last 20 weeks, which no model has seen: 14 features, the pieces sold in the next
               seven days (`needed`), and the baseline's answer (`last_week`: what was sold in the last seven days)
  model.onnx   input `features` float32 [N, 14], output `needed` float32 [N, 1] in pieces
  expected.json  mean absolute errors of both on data.csv, by Python's onnxruntime on exactly these files

Packages: numpy, scikit-learn, onnx, onnxruntime==1.31.1. Run: python examples/replenishment/make.py
"""

import csv
import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from sklearn.neural_network import MLPRegressor

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models"))
from perceptron import Graph  # noqa: E402

SEED = 20_260_103
ARTICLES, DAYS, TEST_DAYS = 60, 730, 140
AHEAD, MONTH = 7, 28
# The first ten are pieces a day and become shares of the month's mean inside the model; the others have no unit.
AMOUNTS = [f"sold_{days}_days_ago" for days in range(6, -1, -1)] + ["week_mean", "fortnight_mean", "month_mean"]
FEATURES = AMOUNTS + ["promotion_days_ahead", "promotion_days_past", "year_sine", "year_cosine"]
HERE = Path(__file__).resolve().parent


def simulate(random, article):
    """Returns what the article sold on each day, and on which days there was a promotion."""
    level, season, uplift = random.uniform(4, 40), random.uniform(0, 0.35), random.uniform(1.4, 2.4)
    week = random.dirichlet(numpy.full(7, 25.0)) * 7
    trend = random.uniform(-0.2, 0.3) / DAYS
    promotion = numpy.zeros(DAYS)
    for start in random.choice(DAYS - 4, 22, replace=False):
        promotion[start : start + 4] = 1
    days = numpy.arange(DAYS)
    mean = level * week[days % 7] * (1 + season * numpy.sin(2 * numpy.pi * days / 365.25)) * (1 + trend * days)
    mean = mean * numpy.where(promotion == 1, uplift, 1.0)
    if article % 3 == 0:
        mean = random.gamma(6.0, mean / 6.0)
    return random.poisson(mean), promotion


def features_of(sold, promotion):
    """Returns a row of features for each day with a month behind it and a week before it, and what was sold in that week."""
    rows, needed = [], []
    for day in range(MONTH, DAYS - AHEAD):
        past, year = sold[day - MONTH : day], 2 * numpy.pi * day / 365.25
        means = [past[-7:].mean(), past[-14:].mean(), max(past.mean(), 0.1)]
        calendar = [promotion[day : day + AHEAD].sum(), promotion[day - 7 : day].sum(), numpy.sin(year), numpy.cos(year)]
        rows.append([*past[-7:], *means, *calendar])
        needed.append(sold[day : day + AHEAD].sum())
    return numpy.array(rows, dtype=numpy.float32), numpy.array(needed, dtype=numpy.float32)


def relative(rows):
    """Divides the amounts by the month's mean, so that articles of every size look alike."""
    return numpy.concatenate([rows[:, : len(AMOUNTS) - 1] / rows[:, [len(AMOUNTS) - 1]], rows[:, len(AMOUNTS) :]], axis=1)


def to_onnx(network, centre, scale):
    """Makes the division and the standardisation part of the model, so that it takes pieces and answers in pieces."""
    graph, last = Graph(), len(AMOUNTS) - 1
    columns = lambda start, end: graph.add("Slice", ["features", *(graph.constant([value], numpy.int64) for value in (start, end, 1))])
    amounts, month, others = columns(0, last), columns(last, last + 1), columns(last + 1, len(FEATURES))
    row = graph.add("Concat", [graph.add("Div", [amounts, month]), others], axis=1)
    answer = graph.perceptron(graph.standardise(row, centre, scale), network, unit=AHEAD)
    graph.add("Mul", [answer, month], "needed")
    return graph.model("replenishment", [("features", len(FEATURES))], [("needed", 1)])


def train(rows, needed):
    inputs, month = relative(rows), rows[:, len(AMOUNTS) - 1]
    centre, scale = inputs.mean(axis=0), inputs.std(axis=0)
    network = MLPRegressor(hidden_layer_sizes=(32, 16), alpha=1e-2, early_stopping=True, max_iter=200, random_state=SEED)
    network.fit((inputs - centre) / scale, needed / (month * AHEAD))
    return to_onnx(network, centre, scale)


def write_csv(path, rows, needed):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*FEATURES, "needed", "last_week"])
        for row, pieces in zip(rows, needed):
            writer.writerow([*(f"{value:.4g}" for value in row), f"{pieces:.0f}", f"{row[:7].sum():.0f}"])


def reference():
    """Measures both on the files as they are read back from disk."""
    table = numpy.loadtxt(HERE / "data.csv", delimiter=",", skiprows=1, dtype=numpy.float32)
    rows, needed, baseline = table[:, : len(FEATURES)], table[:, -2], table[:, -1]
    session = onnxruntime.InferenceSession(str(HERE / "model.onnx"), providers=["CPUExecutionProvider"])
    (answers,) = session.run(["needed"], {"features": rows})
    return {
        "rows": len(needed),
        "mae_pieces": round(float(numpy.abs(answers[:, 0].astype(float) - needed).mean()), 3),
        "mae_last_week_pieces": round(float(numpy.abs(baseline.astype(float) - needed).mean()), 3),
        "mean_needed_pieces": round(float(needed.mean()), 3),
        "onnxruntime": onnxruntime.__version__,
    }


def main():
    random = numpy.random.RandomState(SEED)
    articles = [features_of(*simulate(random, article)) for article in range(ARTICLES)]
    # What is learnt ends a week before the first tested day, so that no truth of the test is seen.
    seen = [(rows[: -TEST_DAYS - AHEAD], needed[: -TEST_DAYS - AHEAD]) for rows, needed in articles]
    model = train(*(numpy.concatenate(part) for part in zip(*seen)))
    onnx.save(model, HERE / "model.onnx")
    # Every fifth day, to keep the file small.
    tested = [(rows[-TEST_DAYS::5], needed[-TEST_DAYS::5]) for rows, needed in articles]
    write_csv(HERE / "data.csv", *(numpy.concatenate(part) for part in zip(*tested)))
    result = reference()
    (HERE / "expected.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
