"""Writes the golden vectors of the wire protocol with Python's own `json` and the package `cryptography`.

Run it by hand when the protocol changes: `python3 make_vectors.py`. The tests read the committed files and run no Python.
Signatures differ from run to run, because `cryptography` draws a random nonce; everything else is reproducible.
"""

import base64
import hashlib
import json
import math
import pathlib
import random
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

FOLDER = pathlib.Path(__file__).parent
NOT_HASHED = {"EE_SIGN", "EE_SENDER", "EE_HASH", "EE_ETH_SIGN", "EE_ETH_SENDER"}


def without_nan(value):
    """Replaces NaN and infinities by None, everywhere."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    return value


def canonical(value, ensure_ascii=True):
    return json.dumps(without_nan(value), sort_keys=True, separators=(",", ":"), ensure_ascii=ensure_ascii)


def address(key):
    public = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    return "0xai_" + base64.urlsafe_b64encode(public).decode()


def sign(message, key, ensure_ascii):
    """Signs as the Python SDK does: ECDSA-SHA256 over the 32 bytes of the digest."""
    covered = {name: value for name, value in message.items() if name not in NOT_HASHED}
    digest = hashlib.sha256(canonical(covered, ensure_ascii).encode()).digest()
    signature = key.sign(digest, ec.ECDSA(hashes.SHA256()))
    return {
        **message,
        "EE_SIGN": base64.urlsafe_b64encode(signature).decode(),
        "EE_SENDER": address(key),
        "EE_HASH": digest.hex(),
    }


def floats():
    chosen = [
        0.0, -0.0, 1.0, -1.0, 3.0, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 100.0, 123456789.0, 1e15, 1e16, 1e17, 1e22, 1e23, 1e100,
        9007199254740992.0, 9007199254740993.0, 999999999999999.9, 9999999999999998.0, 12345678901234567.0, 1e-3, 1e-4, 1e-5,
        0.00012345, 0.000012345, 1.5e-7, 5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308,
        4.35, 2.675, 1.1, 1e-10, 123.456, 2.0 ** 53, 2.0 ** 63, 2.0 ** 64, 2.0 ** -44, 8.41, 5e-310, 91092671195322.625,
    ]
    source = random.Random(20260501)
    for _ in range(2000):
        value = struct.unpack("<d", struct.pack("<Q", source.getrandbits(64)))[0]
        if math.isfinite(value):
            chosen.append(value)
    chosen += [source.uniform(-1e6, 1e6) for _ in range(500)]
    chosen += [source.uniform(0, 1) * 10.0 ** source.randint(-8, 20) for _ in range(500)]
    return [[struct.pack(">d", value).hex(), json.dumps(value)] for value in chosen]


def documents():
    """Each is a received text and the two canonical forms of it."""
    texts = [
        "null", "true", "[]", "{}", " [ 1 , 2 , { } ] ", '"plain"', "0", "0.0", "1.0", "1e-05",
        '{"b":1,"a":{"d":[3,{"z":null,"y":true}],"c":false},"C":"x"}',
        '{"\\u00e9":1,"e":2,"\\ud83d\\ude00":3,"\\uffff":4,"\\ue000":5,"z":6,"Z":7,"":8}',
        '"caf\\u00e9 \\ud83d\\ude00 \\u0000\\u001f\\u007f\\u0080\\u2028 \\" \\\\ \\/ \\b\\f\\n\\r\\t"',
        "\"naïve 日本語 🚀 𝔘 \u007f\"",
        '{"nan":NaN,"inf":Infinity,"minus":-Infinity,"list":[NaN,[Infinity]]}',
        '{"big":123456789012345678901234567890,"negative":-98765432109876543210,"max":18446744073709551615}',
        '{"numbers":[0.1,1e+16,1e-05,5e-324,-0.0,1.7976931348623157e+308,100.0]}',
        '{"a":{"a":{"a":{"a":{"b":1,"a":2}}}},"A":[[[[["deep"]]]]]}',
        json.dumps({f"key{index % 97:02}-{index}": index for index in range(300)}),
    ]
    made = []
    for text in texts:
        value = json.loads(text)
        made.append({"raw": text, "ascii": canonical(value), "utf8": canonical(value, ensure_ascii=False)})
    return made


def envelope(kind, node, path, seq, **body):
    return {
        "EE_EVENT_TYPE": kind,
        "EE_ID": path[0],
        "EE_ADDR": node,
        "EE_PAYLOAD_PATH": path,
        "EE_TIMESTAMP": "2026-05-01 12:00:00.250000",
        "EE_TIMEZONE": "UTC+3",
        "EE_TZ": "Europe/Bucharest",
        "EE_MESSAGE_ID": f"message-{seq}",
        "EE_MESSAGE_SEQ": seq,
        "SIGN_CANON_V": "v2",
        **body,
    }


def messages():
    key = ec.derive_private_key(int.from_bytes(bytes(range(1, 33)), "big"), ec.SECP256K1())
    node = address(key)
    heartbeat = envelope(
        "HEARTBEAT", node, ["box-1", None, None, None], 41,
        EE_IS_SUPER=False, ROLE="worker", VERSION="0.1.0", UPTIME=12.5, PIPELINES=["digits"], CPU_USED=3.5e-05, GPUS=None,
        EE_ETH_SENDER="0x0000000000000000000000000000000000000000", EE_ETH_SIGN="0xBEEF",
    )
    payload = envelope(
        "PAYLOAD", node, ["box-1", "digits", "CLASSIFIER_SCORE", "score"], 42,
        RESULT={"right": 1797, "ratio": 0.9777, "worst": 1e-05, "label": "café 🚀", "nan": math.nan}, _P_VERSION="1.0", _C_FPS=10.0,
    )
    notification = envelope(
        "NOTIFICATION", node, ["box-1", "digits", None, None], 43,
        NOTIFICATION_TYPE="NORMAL", NOTIFICATION_CODE=1, NOTIFICATION="pipeline runs", INFO=None,
    )
    made = []
    for name, message in (("heartbeat", heartbeat), ("payload", payload), ("notification", notification)):
        for form, ensure_ascii in (("ascii", True), ("utf8", False)):
            signed = sign(message, key, ensure_ascii)
            wire = json.dumps(without_nan(signed) if form == "ascii" else signed, ensure_ascii=ensure_ascii)
            covered = {name: value for name, value in message.items() if name not in NOT_HASHED}
            made.append({"name": f"{name}-{form}", "wire": wire, "hash": signed["EE_HASH"], "ascii": canonical(covered)})
    return {"secret": bytes(range(1, 33)).hex(), "address": node, "sent_at": 1777626000250, "messages": made}


def write(name, value):
    items = value if isinstance(value, list) else [value]
    text = ",\n".join(json.dumps(item) for item in items)
    (FOLDER / name).write_text((f"[\n{text}\n]" if isinstance(value, list) else text) + "\n")


if __name__ == "__main__":
    write("floats.json", floats())
    write("documents.json", documents())
    write("messages.json", messages())
