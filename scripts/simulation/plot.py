"""Draws the figures of the economic simulation.

Usage: plot.py FIGURES.json FOLDER. Each function draws one picture from what scripts/simulation wrote; docs/economics/README.md explains
them. Colours are those of Okabe and Ito, which people with any kind of colour vision can tell apart, and lines differ in marks as well.

Packages: matplotlib (Debian: python3-matplotlib). Run: scripts/sim
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator  # noqa: E402

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#666666"
RULES = {"lifetime": "chain, lifetime mode", "epoch": "chain, epoch mode", "product": "capability × work (for comparison)"}
STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#999999",
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "figure.dpi": 110,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 5,
}


def save(figure, folder, name):
    """Writes a picture without what would differ from run to run."""
    figure.savefig(folder / f"{name}.png", metadata={"Software": None})
    pyplot.close(figure)


def plain(number):
    """Shows a number without needless zeros."""
    return f"{number:,.3f}".rstrip("0").rstrip(".") if number < 1 else f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"


def log_axis(axis, ticks, unit=""):
    """Labels a logarithmic axis with numbers as people write them."""
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value) + unit))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def note(axes, words, place, shift=(0, 0), **alignment):
    """Writes a remark into a picture, shifted by points from a place."""
    axes.annotate(words, place, xytext=shift, textcoords="offset points", color=GREY, fontsize=9, **alignment)


def who_earns_what(data, folder):
    """Parts of the classes of machines in the crowd: machines, capability, work, rewards."""
    figure, axes = pyplot.subplots(figsize=(9, 4.8))
    years = data["years"]
    names = [entry["name"] for entry in years["lifetime"]["classes"]]
    bars = [
        ("machines", [entry["machines"] for entry in years["lifetime"]["classes"]], "#bbbbbb"),
        ("capability", [entry["capability"] for entry in years["lifetime"]["classes"]], SKY),
        ("rewards, " + RULES["lifetime"], [entry["reward"] for entry in years["lifetime"]["classes"]], BLUE),
        ("rewards, " + RULES["product"], [entry["reward"] for entry in years["product"]["classes"]], ORANGE),
    ]
    width = 0.2
    for number, (label, values, colour) in enumerate(bars):
        places = [place + (number - 1.5) * width for place in range(len(names))]
        drawn = axes.bar(places, [value * 100 for value in values], width * 0.92, label=label, color=colour)
        axes.bar_label(drawn, fmt="%.0f", fontsize=8, padding=1)
    axes.set_xticks(range(len(names)), names)
    axes.set_ylabel("part of the whole crowd (%)")
    axes.grid(axis="x", visible=False)
    axes.set_title("Who earns what, by class of machine")
    axes.legend()
    save(figure, folder, "who-earns-what")


def strategies(data, folder):
    """What those who try something have left beyond their honest twins, in parts of the twins' rewards."""
    figure, axes = pyplot.subplots(figsize=(9, 5.6))
    rules = [("lifetime", BLUE, "o"), ("epoch", GREEN, "s"), ("product", ORANGE, "D")]
    names = [group["name"] for group in data["years"]["lifetime"]["groups"]]
    places = list(range(len(names)))[::-1]
    low, high = -115, 115
    for offset, (rule, colour, mark) in zip((0.22, 0, -0.22), rules):
        values = [group["gain"] * 100 for group in data["years"][rule]["groups"]]
        for place, value in zip(places, values):
            axes.plot([0, min(max(value, low), high)], [place + offset] * 2, color=colour, linewidth=1.5, alpha=0.6)
            if not low <= value <= high:
                words, beyond = f"{value:+,.0f} %", value > high
                spot = (high if beyond else low, place + offset)
                side = {"xytext": (-6 if beyond else 6, -9), "ha": "right" if beyond else "left"}
                axes.annotate(words, spot, textcoords="offset points", fontsize=8, **side)
        shown = [min(max(value, low), high) for value in values]
        axes.plot(shown, [place + offset for place in places], mark, color=colour, label=RULES[rule])
    axes.axvline(0, color="black", linewidth=1.2)
    axes.set_yticks(places, names)
    axes.set_xlim(low - 4, high + 4)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("gain after costs over an honest machine of the same kind, in % of that machine's rewards")
    axes.set_title("What is tried, and what it gains: right of the line it pays")
    axes.legend(loc="lower center", bbox_to_anchor=(0.35, -0.27), ncol=3)
    save(figure, folder, "strategies")


def splitting(data, folder):
    """One machine in many deeds."""
    curve = data["curves"]["splitting"]
    parts = curve["parts"]
    figure, axes = pyplot.subplots(figsize=(9, 4.8))
    axes.plot(parts, [value * 100 for value in curve["working"]["lifetime"]], "o-", color=BLUE, label="a machine that works: reward")
    product = [value * 100 for value in curve["working"]["product"]]
    axes.plot(parts, product, "v:", color=GREY, linewidth=1.4, label="the same, " + RULES["product"])
    idle = [value * 100 for value in curve["idle"]["lifetime"]]
    axes.plot(parts, idle, "s-", color=ORANGE, linewidth=4, alpha=0.7, label="a machine that does not: reward")
    whole = curve["whole_idle"]["lifetime"]
    net = [100 * (value / 100 * whole - part * curve["bond_cost"]) / (whole - curve["bond_cost"]) for part, value in zip(parts, idle)]
    axes.plot(parts, net, "--", color=RED, linewidth=1.5, label="the same, less what the bonds cost (1,000 NEU a deed at 5 % a year)")
    axes.axhline(100, color="black", linewidth=1.2)
    axes.axvline(54.6, color=GREY, linewidth=1, linestyle=":")
    note(axes, "parts reach the floor\nof capacity (−4)", (54.6, 4), (6, 0), va="bottom")
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=100, linscale=1.2)
    log_axis(axes.xaxis, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000])
    log_axis(axes.yaxis, [0, 25, 50, 75, 100, 300, 1_000, 3_000], " %")
    axes.set_ylim(min(0, min(net) * 1.1), 5_000)
    axes.set_xlabel("deeds into which a reference machine is split")
    axes.set_ylabel("earnings relative to one deed")
    axes.set_title("Splitting a machine: above the line it pays")
    axes.legend(loc="upper left")
    save(figure, folder, "splitting")


def size(data, folder):
    """Large and small machines, and work that one orders from oneself."""
    curve = data["curves"]["size"]
    sizes = [entry / 1_000 for entry in curve["sizes"]]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.6))
    ticks = [0.02, 0.1, 0.5, 1, 3, 8, 20, 50]
    per_capability, back = "reward per capability, reference machine = 1", "NEU back per NEU of own orders, mean of the year"
    for axes, key, label in ((left, "reward", per_capability), (right, "washing", back)):
        axes.plot(sizes, curve[key]["lifetime"], "o-", color=BLUE, label=RULES["lifetime"])
        axes.plot(sizes, curve[key]["product"], "D-", color=ORANGE, label=RULES["product"])
        axes.axhline(1, color="black", linewidth=1.2)
        axes.set_xscale("log")
        log_axis(axes.xaxis, ticks)
        axes.set_xlabel("size of the machine (score / reference score)")
        axes.set_ylabel(label)
        axes.legend()
    left.set_yscale("log")
    log_axis(left.yaxis, [0.1, 0.2, 0.5, 1, 2, 5, 10])
    left.set_title("Large machines")
    right.set_title("Orders from oneself pay above the line")
    save(figure, folder, "size")


def own_orders(data, folder):
    """What a machine that was always there gets back of a NEU of work that it orders from itself, epoch by epoch."""
    units_ref = data["curves"]["units_ref"]
    figure, axes = pyplot.subplots(figsize=(9, 4.8))
    size = 8
    for rule, factor, colour, dashes, words in (
        ("lifetime", 1, BLUE, "-", ", any machine"),
        ("epoch", 1, GREEN, "--", ", any machine"),
        ("product", size, ORANGE, "-.", f", a server of {size} × the reference"),
    ):
        values = [factor * value / units_ref if value else float("nan") for value in data["years"][rule]["flows"]["price"]]
        axes.plot(range(1, len(values) + 1), values, dashes, color=colour, linewidth=1.6, label=RULES[rule] + words)
    axes.axhline(1, color="black", linewidth=1.2)
    voided = data["years"]["lifetime"]["flows"]["voided"]
    for number, epoch in enumerate(voided):
        label = "voided: the next epoch pays for it as well" if number == 0 else None
        axes.axvline(epoch, color=RED, linewidth=0.8, linestyle=":", label=label)
    axes.set_xlim(0, len(data["years"]["lifetime"]["flows"]["price"]))
    axes.set_ylim(0, 3.4)
    axes.set_xlabel("epoch")
    axes.set_ylabel("NEU back per NEU of own orders")
    axes.set_title("Orders from oneself by a machine that was always there: above the line they pay")
    axes.legend(loc="upper right", fontsize=9)
    save(figure, folder, "own-orders")


def workload(data, folder):
    """The choice of units_ref: what idlers keep against what large machines gain."""
    curve = data["curves"]["workload_choice"]
    loads = [entry / 1_000 for entry in curve["workloads"]]
    figure, axes = pyplot.subplots(figsize=(9, 4.8))
    idler = "an idler's reward, in % of a worker's (both rules)"
    axes.plot(loads, [value * 100 for value in curve["idling"]["lifetime"]], "o-", color=BLUE, label=idler)
    server = "a server's reward for its capability (8 × reference), in % of a reference machine's, "
    axes.plot(loads, [value * 100 for value in curve["server"]["lifetime"]], "s-", color=GREEN, label=server + "chain")
    axes.plot(loads, [value * 100 for value in curve["server"]["product"]], "D-", color=ORANGE, label="the same, " + RULES["product"])
    kept = 100 - data["curves"]["work_cost"] / 10
    axes.axhline(kept, color=GREY, linewidth=1.2, linestyle="--")
    note(axes, f"above {kept:.0f} % idling would beat working at costs of {100 - kept:.0f} %", (32, kept), (0, 3), ha="right")
    here = data["curves"]["workload"] / 1_000
    axes.axvline(here, color=GREY, linewidth=1, linestyle=":")
    note(axes, "simulated", (here, 3), (4, 0))
    axes.set_xscale("log")
    axes.set_yscale("log")
    log_axis(axes.xaxis, [0.05, 0.1, 0.2, 0.5, 1, 2, 4, 10, 30])
    log_axis(axes.yaxis, [3, 10, 30, 60, 100, 200, 400, 800], " %")
    axes.set_xlabel("units of a reference machine in an epoch / units_ref")
    axes.set_ylabel("relative reward")
    axes.set_title("What the choice of units_ref does")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 0.08))
    save(figure, folder, "workload")


def lying(data, folder):
    """Scores and results that are made up, by how often one looks."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.6), sharey=True)
    curve = data["curves"]["boasting"]
    rates = [rate / 10 for rate in curve["rates"]]
    for factor, values, colour, mark in zip(curve["factors"], curve["reward"], (SKY, BLUE, ORANGE, RED), "os^D"):
        left.plot(rates, values, mark + "-", color=colour, label=f"commits {factor} times its score")
    left.set_xlabel("deeds whose score is checked in an epoch (%)")
    left.set_ylabel("reward, honest machine = 1")
    left.set_title("Scores that are too high")
    curve = data["curves"]["forging"]
    pairs = [(rate / 10, value) for rate, value in zip(curve["rates"], curve["reward"]) if rate <= 200]
    right.plot([rate for rate, _ in pairs], [value for _, value in pairs], "o-", color=PURPLE, label="makes results up (before its bond is lost)")
    right.axhline(1 - data["curves"]["work_cost"] / 1_000, color=GREY, linewidth=1.2, linestyle="--")
    note(right, "below this honest work is better even without bonds", (20, 0.55), ha="right", va="top")
    right.set_xlabel("forgers who are challenged in an epoch (%)")
    right.set_title("Results that are made up")
    for axes in (left, right):
        axes.axhline(1, color="black", linewidth=1.2)
        axes.set_yscale("log")
        log_axis(axes.yaxis, [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30])
        axes.legend()
    save(figure, folder, "lying")


def oracles(data, folder):
    """Colluding oracles."""
    curve = data["curves"]["collusion"]
    figure, axes = pyplot.subplots(figsize=(9, 4.8))
    counts, total = curve["colluders"], curve["oracles"]
    axes.plot(counts, [value * 100 for value in curve["lowered"]], "o-", color=BLUE, label="always there, reported as away")
    axes.plot(counts, [value * 100 for value in curve["raised"]], "s-", color=ORANGE, label="there half of the time, reported as always there")
    first = next(count for count, voids in zip(counts, curve["voids"]) if voids)
    axes.axvspan(-0.5, first - 0.5, color=GREEN, alpha=0.10, linewidth=0)
    axes.axvspan(first - 0.5, total / 2, color=ORANGE, alpha=0.12, linewidth=0)
    axes.axvspan(total / 2, counts[-1] + 0.5, color=RED, alpha=0.12, linewidth=0)
    middle = lambda start, end: (start + end) / 2  # noqa: E731
    for place, words in (
        (middle(-0.5, first - 0.5), "below a third:\nno effect"),
        (middle(first - 0.5, total / 2), "silence voids epochs,\nlies do nothing"),
        (middle(total / 2, counts[-1] + 0.5), "a majority:\nlies count"),
    ):
        axes.annotate(words, (place, 114), ha="center", va="center", fontsize=9)
    axes.set_xlim(-0.5, counts[-1] + 0.5)
    axes.set_ylim(-4, 122)
    axes.set_yticks(range(0, 101, 20))
    axes.set_xticks(range(0, counts[-1] + 1, 2))
    axes.set_xlabel(f"colluding oracles of {total}")
    axes.set_ylabel("availability that counts (% of the epoch)")
    axes.set_title("Oracles that lie")
    axes.legend(loc="center left")
    save(figure, folder, "oracles")


def smooth(values, days=7):
    """The mean of a week, since demand has one."""
    return [sum(values[max(0, end - days) : end]) / min(end, days) for end in range(1, len(values) + 1)]


def newcomers(data, folder):
    """What those who come later earn, in parts of what founders earn in the same week."""
    figure, panels = pyplot.subplots(1, 2, figsize=(11, 4.6), sharey=True)
    for axes, rule in zip(panels, ("lifetime", "epoch")):
        courses = data["years"][rule]["courses"]
        founders = smooth(courses[0]["reward"])
        for course, colour, dashes in zip(courses[1:], (BLUE, ORANGE, GREEN), ("-", "--", "-.")):
            start = course["joins"] + 7
            values = [100 * own / other for own, other in zip(smooth(course["reward"]), founders)]
            axes.plot(range(start, len(values)), values[start:], dashes, color=colour, label=course["name"])
        axes.axhline(100, color="black", linewidth=1.2, zorder=1)
        axes.set_xlim(0, len(founders))
        axes.set_ylim(0, 110)
        axes.set_xlabel("epoch")
        axes.set_title("Newcomers, " + RULES[rule].split(", ")[1])
    note(panels[1], "whoever comes earns like a founder at once", (182, 97), ha="center", va="top")
    panels[0].set_ylabel("reward, in % of a founder's in the same week")
    panels[0].legend(loc="lower right", bbox_to_anchor=(0.62, 0.62))
    save(figure, folder, "newcomers")


def money(data, folder):
    """What flows through the pool."""
    flows = data["years"]["lifetime"]["flows"]
    figure, (top, bottom) = pyplot.subplots(2, 1, figsize=(9, 6), sharex=True, gridspec_kw={"height_ratios": (3, 2)})
    epochs = range(1, len(flows["paid_in"]) + 1)
    millions = lambda values: [value / 1e6 for value in values]  # noqa: E731
    top.plot(epochs, millions(flows["reserved"]), color=ORANGE, linewidth=1.2, label="reserved for the epoch")
    top.plot(epochs, millions(flows["paid_in"]), color=BLUE, linewidth=1.4, label="paid in by jobs")
    top.plot(epochs, millions(smooth(flows["claimed"])), color=GREEN, label="claimed (mean of a week)", linestyle="--")
    for number, epoch in enumerate(flows["voided"]):
        top.axvline(epoch, color=RED, linewidth=0.8, linestyle=":", label="voided: carried over" if number == 0 else None)
    top.set_ylabel("million NEU an epoch")
    top.set_title("What flows through the pool")
    top.legend(ncol=2)
    top.set_ylim(0, max(millions(flows["reserved"])) * 1.25)
    bottom.fill_between(epochs, millions(flows["balance"]), color=SKY, alpha=0.5, linewidth=0, label="waits to be claimed")
    total, sums = 0, []
    for value in flows["released"]:
        total += value
        sums.append(total / 1e6)
    bottom.plot(epochs, sums, color=PURPLE, label="returned to the pool after the claim window, in all")
    bottom.set_ylabel("million NEU")
    bottom.set_ylim(0, max(millions(flows["balance"])) * 1.45)
    bottom.set_xlabel("epoch")
    bottom.set_xlim(1, len(flows["paid_in"]))
    bottom.legend(loc="upper left")
    save(figure, folder, "money")


def main():
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    data = json.loads(source.read_text())
    pyplot.rcParams.update(STYLE)
    for draw in (who_earns_what, strategies, splitting, size, own_orders, workload, lying, oracles, newcomers, money):
        draw(data, folder)


if __name__ == "__main__":
    main()
