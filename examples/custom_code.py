# Watches how much ink the digits have: an unusual picture for its class is an alert.
# The state holds, for each class, the number of rows, their mean and the sum of squared differences (Welford's method).
classes = state() or {}
seen = sum(known["ROWS"] for known in classes.values())

for row in inputs():
    seen += 1
    ink = sum(row["features"])
    known = classes.setdefault(str(row["label"]), {"ROWS": 0, "MEAN": 0.0, "SQUARES": 0.0})
    if known["ROWS"] >= 20:
        spread = (known["SQUARES"] / known["ROWS"]) ** 0.5
        if abs(ink - known["MEAN"]) > 3 * spread:
            details = {"ROW": seen, "CLASS": row["label"], "INK": ink, "MEAN": known["MEAN"], "SPREAD": spread}
            alert("a digit with unusually much or little ink", details)
    known["ROWS"] += 1
    difference = ink - known["MEAN"]
    known["MEAN"] += difference / known["ROWS"]
    known["SQUARES"] += difference * (ink - known["MEAN"])

set_state(classes)
