"""Asks the endpoint for the last prices and forecasts and writes them as a table that LibreOffice opens.

  python3 examples/stock-prediction/client.py --token /tmp/shares/api-token --out forecasts.csv

One row for each day and share: day, share, close, forecast (of the next day's close, made on that day), and once that next day is there,
next_close, and the errors of the forecast and of the last value, both in percent of the close. Prints the mean of both errors as JSON.

Needs nothing but Python.
"""

import argparse
import csv
import datetime
import json
import sys
import urllib.request

COLUMNS = ["day", "share", "close", "forecast", "next_close", "error_percent", "last_value_error_percent"]


def arguments():
    parser = argparse.ArgumentParser(description="Writes the last forecasts of the pipeline stock-prediction as CSV.")
    parser.add_argument("--url", default="http://127.0.0.1:8787", help="where the engine's HTTP API is")
    parser.add_argument("--token", help="file with the engine's token; not needed if engine.toml names the pipeline in public_routes")
    parser.add_argument("--out", default="-", help="the table; standard output by default")
    return parser.parse_args()


def ask(url, token_file):
    """Returns the rows that the endpoint shows, oldest first."""
    request = urllib.request.Request(f"{url}/v1/pipelines/stock-prediction/forecast")
    if token_file:
        with open(token_file) as file:
            request.add_header("authorization", f"Bearer {file.read().strip()}")
    # The engine is near: no proxy stands between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)["WINDOW"]


def table(window):
    """Returns a row for each day and share; what is known of the next day is filled in."""
    rows, last = [], {}
    for shown in window:
        values = shown["VALUES"]
        share, close = values["share"], values["close"]
        before = last.get(share)
        if before:
            percent = lambda guess: round(100 * abs(guess - close) / before["close"], 4)
            before["next_close"] = close
            before["error_percent"], before["last_value_error_percent"] = percent(before["forecast"]), percent(before["close"])
        day = datetime.datetime.fromtimestamp(shown["TIME"] / 1000, datetime.timezone.utc).date()
        last[share] = {"day": day.isoformat(), "share": share, "close": close, "forecast": round(values["forecast"], 4)}
        rows.append(last[share])
    return rows


def write(rows, file):
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def summary(rows):
    """Returns how many forecasts can be judged, and the mean errors."""
    judged = [row for row in rows if "next_close" in row]
    mean = lambda column: round(sum(row[column] for row in judged) / max(1, len(judged)), 4)
    errors = {"network": mean("error_percent"), "last_value": mean("last_value_error_percent")}
    return {"rows": len(rows), "forecasts": len(judged), "mae_percent": errors}


def main():
    options = arguments()
    rows = table(ask(options.url, options.token))
    if options.out == "-":
        write(rows, sys.stdout)
    else:
        with open(options.out, "w", newline="") as file:
            write(rows, file)
    print(json.dumps(summary(rows)), file=sys.stderr if options.out == "-" else sys.stdout)


if __name__ == "__main__":
    main()
