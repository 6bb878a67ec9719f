"""Shows the game in a browser: serves the page, and gives it the answers of the engine's endpoint.

  python3 examples/life-game/show.py --token /tmp/life/api-token

The engine's HTTP API speaks JSON only and gives it to no page from elsewhere, so that no web site can read a pipeline through a visitor's
browser. This server stands before it, on loopback, with two routes: `/` is the page, `/world` what the pipeline's route answers. The token
stays here; the browser never sees it.

Prints its address as JSON once it is ready. Needs nothing but Python.
"""

import argparse
import http.server
import json
import urllib.error
import urllib.request
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "index.html"
ROUTE = "/v1/pipelines/life-game-gun/world"


def arguments():
    parser = argparse.ArgumentParser(description="Serves the page of the game of life.")
    parser.add_argument("--url", default="http://127.0.0.1:8787", help="where the engine's HTTP API is")
    parser.add_argument("--token", required=True, help="file with the engine's token")
    parser.add_argument("--port", type=int, default=8080, help="where to listen on loopback; 0 for any free port")
    return parser.parse_args()


def world(url, token_file):
    """Returns status and body of the engine's answer."""
    token = Path(token_file).read_text().strip()
    request = urllib.request.Request(url + ROUTE, headers={"authorization": f"Bearer {token}"})
    # The engine is near: no proxy stands between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError as error:
        return 502, json.dumps({"error": "no_engine", "reason": str(error)}).encode()


def handler(options):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/":
                self.answer(200, "text/html; charset=utf-8", PAGE.read_bytes())
            elif self.path == "/world":
                status, body = world(options.url, options.token)
                self.answer(status, "application/json", body)
            else:
                self.answer(404, "application/json", b'{"error": "not_found", "reason": "there are / and /world"}')

        def answer(self, status, media, body):
            self.send_response(status)
            self.send_header("content-type", media)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Says nothing: a line twice a second is no news."""

    return Handler


def main():
    options = arguments()
    with http.server.ThreadingHTTPServer(("127.0.0.1", options.port), handler(options)) as server:
        print(json.dumps({"page": f"http://127.0.0.1:{server.server_port}/"}), flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
