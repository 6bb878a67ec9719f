"""Runs a user's code in CPython, for the runtimes that are not Monty.

It speaks the frames of `src/wire.rs`: a length as four little-endian bytes, a version, and a message in postcard. It compiles one code,
whose hash it takes of the very bytes that it compiles, and runs it on batches, with the host functions that `src/worker` describes. Natively
it talks over standard input and output; in WebAssembly through the one import that the host gives, `_host.call`.

None of this is a wall: code that runs here may undo all of it and reaches what the process around it can reach, which is nothing.
"""

import builtins
import io
import json
import linecache
import math
import os
import random
import struct
import sys
import traceback

VERSION = 1
FILE = "code.py"
MAX_CALLS = 100_000
MAX_DEPTH = 32
MAX_LOG_BYTES = 16 * 1024
MAX_FAULT_BYTES = 4 * 1024
MAX_OUTBOX = 4096
MAX_PAYLOAD_BYTES = 1024 * 1024
# Keys of bodies that the engine itself writes.
RESERVED = ("PAYLOAD_ID", "SIGN_CANON_V")
RESERVED_BEGIN = "EE_"
# Calls that the interpreter makes by itself when code imports a module.
IMPORT_DEPTH = 150
MASK = 0xFFFFFFFF


# The hash of the code. Python's library has no blake3; code is short.

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
MIXED = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
CHUNK = 1024


def rotate(word, count):
    return (word >> count | word << (32 - count)) & MASK


def compress(value, block, counter, flags):
    state = [*value, *IV[:4], counter & MASK, counter >> 32, len(block), flags]
    words = struct.unpack("<16I", block.ljust(64, b"\0"))
    for _ in range(7):
        for at, (a, b, c, d) in enumerate(MIXED):
            for word, first, second in ((words[2 * at], 16, 12), (words[2 * at + 1], 8, 7)):
                state[a] = (state[a] + state[b] + word) & MASK
                state[d] = rotate(state[d] ^ state[a], first)
                state[c] = (state[c] + state[d]) & MASK
                state[b] = rotate(state[b] ^ state[c], second)
        words = [words[at] for at in PERMUTATION]
    return [state[at] ^ state[at + 8] for at in range(8)]


def subtree(data, counter, root):
    """Returns the chaining value of the chunks of `data`, the first of which is number `counter`."""
    if len(data) > CHUNK:
        left = CHUNK << (((len(data) - 1) // CHUNK).bit_length() - 1)
        children = subtree(data[:left], counter, 0) + subtree(data[left:], counter + left // CHUNK, 0)
        return compress(IV, struct.pack("<16I", *children), 0, PARENT | root)
    value = IV
    blocks = [data[at : at + 64] for at in range(0, len(data), 64)] or [b""]
    for at, block in enumerate(blocks):
        last = at == len(blocks) - 1
        value = compress(value, block, counter, (CHUNK_START if at == 0 else 0) | (CHUNK_END | root if last else 0))
    return value


def blake3(data):
    return struct.pack("<8I", *subtree(data, 0, ROOT))


# Frames and messages.


class Reader:
    """Reads a message in postcard."""

    def __init__(self, data):
        self.data = memoryview(data)
        self.at = 0

    def take(self, count):
        piece = self.data[self.at : self.at + count]
        if len(piece) != count:
            raise EOFError("the engine's message is cut short")
        self.at += count
        return piece

    def integer(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self):
        value = self.integer()
        return (value >> 1) ^ -(value & 1)

    def text(self):
        return str(self.take(self.integer()), "utf-8")

    def list(self, item):
        return [item() for _ in range(self.integer())]

    def tensor(self):
        shape = self.list(self.integer)
        kind, count = self.integer(), self.integer()
        if kind == 0:
            values = self.take(4 * count).cast("f")
        elif kind == 1:
            values = [self.signed() for _ in range(count)]
        elif kind == 2:
            values = self.take(8 * count).cast("d")
        elif kind == 3:
            values = self.take(count)
        elif kind == 4:
            values = [self.text() for _ in range(count)]
        else:
            raise ValueError(f"tensors of kind {kind} are unknown")
        return shape, values, kind == 3

    def field(self):
        name = self.text()
        columns = self.list(self.text) if self.take(1)[0] else None
        return name, columns, self.tensor()


def number(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def string(value):
    data = value.encode("utf-8", "replace")
    return number(len(data)) + data


class Pipe:
    """Frames over standard input and output."""

    def read(self):
        header = self.bytes(4)
        return header and self.bytes(int.from_bytes(header, "little"))

    def bytes(self, count):
        data = bytearray()
        while len(data) < count:
            piece = os.read(0, min(count - len(data), 1 << 20))
            if not piece:
                return b""
            data += piece
        return bytes(data)

    def write(self, frame):
        left = memoryview(frame)
        while left:
            left = left[os.write(1, left) :]


class Door:
    """Frames through the host of WebAssembly: an empty request asks for the next question."""

    def __init__(self, host):
        self.host = host

    def read(self):
        return self.host.call(b"")

    def write(self, frame):
        self.host.call(frame)


def connection():
    if sys.platform != "wasi":
        return Pipe()
    import _host

    return Door(_host)


# What code hands over.


class Json:
    """Checks that JSON can say a value, in no more than `limit` bytes: a value may contain another many times."""

    def __init__(self, limit):
        self.limit = self.left = limit

    def write(self, value):
        self.value(value, 0)
        written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        if len(written.encode()) > self.limit:
            self.take(self.left + 1)
        return written

    def take(self, count):
        self.left -= count
        if self.left < 0:
            raise ValueError(f"a value takes more than {self.limit} bytes as JSON")

    def value(self, value, depth):
        if depth > MAX_DEPTH:
            raise ValueError(f"a value is nested deeper than {MAX_DEPTH}")
        self.take(2)
        if value is None or isinstance(value, bool):
            return
        if isinstance(value, int):
            if not -(1 << 63) <= value < 1 << 63:
                raise ValueError("an int needs more than 64 bits")
        elif isinstance(value, float):
            if not math.isfinite(value):
                raise ValueError(f"{value} is not a number that JSON can write")
        elif isinstance(value, str):
            self.take(len(value.encode()))
        elif isinstance(value, (list, tuple)):
            for item in value:
                self.value(item, depth + 1)
        elif isinstance(value, dict):
            for key, item in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"keys must be str, not {type(key).__name__}")
                self.take(len(key.encode()))
                self.value(item, depth + 1)
        else:
            raise TypeError(f"a {type(value).__name__} cannot be written as JSON")


class Log(io.TextIOBase):
    """Lines up to a bound."""

    def __init__(self):
        self.kept = bytearray()
        self.dropped = 0

    def write(self, line):
        data = line.encode("utf-8", "replace")
        room = max(0, MAX_LOG_BYTES - len(self.kept))
        self.kept += data[:room]
        self.dropped += max(0, len(data) - room)
        return len(line)

    def message(self):
        return string(self.kept.decode("utf-8", "ignore")) + number(self.dropped)


def nested(shape, values):
    if not shape:
        return values[0] if len(values) else None
    if len(shape) == 1:
        return list(values)
    width = max(1, math.prod(shape[1:]))
    return [nested(shape[1:], values[at : at + width]) for at in range(0, len(values), width)]


def cell(tensor, row):
    shape, values, is_bytes = tensor
    width = math.prod(shape[1:])
    values = values[row * width : (row + 1) * width]
    return bytes(values) if is_bytes and len(shape) > 1 else nested(shape[1:], values)


def rows(fields, count):
    return [{name: cell(tensor, row) for name, _, tensor in fields} for row in range(count)]


def refused(name):
    def refuse(*_args, **_kwargs):
        raise PermissionError(f"{name} is refused: only code that was signed runs, and it has no files")

    return refuse


class Host:
    """The host functions, and what a run leaves behind."""

    def __init__(self, question, limits):
        self.start, self.before = question.integer(), question.text()
        self.fields, self.made = question.list(question.field), question.list(question.field)
        self.count = self.fields[0][2][0][0] if self.fields else 0
        self.limits = limits
        self.calls = 0
        self.after = None
        self.payloads = []
        self.bytes = 0
        self.log = Log()

    def functions(self):
        """Returns the names that code finds defined; those that are refused say why to its author."""
        offered = (self.inputs, self.inferences, self.columns, self.state, self.set_state, self.emit, self.alert, self.write)
        functions = {function.__name__: self.counted(function) for function in offered}
        functions["log"] = functions.pop("write")
        functions.update((name, refused(name)) for name in ("eval", "exec", "compile", "open", "__import__"))
        return functions

    def counted(self, function):
        def call(*args, **kwargs):
            self.calls += 1
            if self.calls > MAX_CALLS:
                raise RuntimeError(f"more than {MAX_CALLS} calls of host functions")
            return function(*args, **kwargs)

        return call

    def inputs(self):
        return rows(self.fields, self.count)

    def inferences(self):
        return rows(self.made, self.count)

    def columns(self, field):
        for name, columns, _ in self.fields + self.made:
            if name == field:
                return columns and list(columns)
        raise KeyError(f"there is no field {field!r}")

    def state(self):
        return json.loads(self.before if self.after is None else self.after)

    def set_state(self, value):
        self.after = Json(self.limits["state"]).write(value)

    def emit(self, body):
        body = self.object("body of emit", body)
        self.push(len(body.encode()), number(0) + string(body))

    def alert(self, text, details=None):
        if not isinstance(text, str):
            raise TypeError(f"text of alert must be a str, not {type(text).__name__}")
        details = self.object("details of alert", {} if details is None else details)
        self.push(len(text.encode()) + len(details.encode()), number(1) + string(text) + string(details))

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"text of log must be a str, not {type(text).__name__}")
        self.log.write(text + "\n")

    def object(self, name, value):
        if not isinstance(value, dict):
            raise TypeError(f"{name} must be a dict, not {type(value).__name__}")
        written = Json(min(self.limits["output"], MAX_PAYLOAD_BYTES)).write(value)
        for key in value:
            if key in RESERVED or key.startswith(RESERVED_BEGIN):
                raise ValueError(f'the key "{key}" belongs to the engine')
        return written

    def push(self, count, payload):
        self.bytes += count
        if self.bytes > self.limits["output"] or count > MAX_PAYLOAD_BYTES:
            raise RuntimeError(f"the payloads of this batch take more than {self.limits['output'] // 1024} KiB")
        if len(self.payloads) >= MAX_OUTBOX:
            raise RuntimeError(f"this batch has more than {MAX_OUTBOX} payloads")
        self.payloads.append(payload)

    def done(self):
        state = b"\0" if self.after is None else b"\1" + string(self.after)
        return number(3) + number(len(self.payloads)) + b"".join(self.payloads) + state + self.log.message()

    def failed(self, fault):
        return number(4) + end_of(fault) + self.log.message()


def end_of(fault):
    data = fault.strip().encode("utf-8", "replace")
    return string(data[-MAX_FAULT_BYTES:].decode("utf-8", "ignore"))


def fault(error):
    """Returns the end of the traceback, without the runner's own frames."""
    try:
        told = traceback.TracebackException(type(error), error, error.__traceback__)
        frames = [frame for frame in told.stack if frame.filename != main.__code__.co_filename]
        told.stack = traceback.StackSummary.from_list(frames[-16:])
        return "".join(told.format(chain=False))
    except MemoryError:
        return "MemoryError"


# The program of the worker.


class Program:
    """Compiled code."""

    def __init__(self, question):
        source = bytes(question.take(question.integer()))
        expected = bytes(question.take(32))
        self.hash = blake3(source)
        if self.hash != expected:
            raise ValueError(f"its blake3 hash is {self.hash.hex()}")
        self.time, self.memory, self.recursion, output, state = (question.integer() for _ in range(5))
        self.limits = {"output": output * 1024, "state": state * 1024}
        source = source.decode("utf-8")
        self.code = compile(source, FILE, "exec", dont_inherit=True)
        linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)

    def run(self, question):
        host = Host(question, self.limits)
        # The same rows give the same numbers.
        random.seed(f"{self.hash.hex()}:{host.start}")
        try:
            self.execute(host)
        except BaseException as error:
            return host.failed(fault(error))
        return host.done()

    def execute(self, host):
        names = {"__name__": "__main__", "__builtins__": builtins, **host.functions()}
        sys.setrecursionlimit(self.recursion + IMPORT_DEPTH)
        sys.stdout = sys.stderr = host.log
        self.alarm(self.time)
        try:
            exec(self.code, names)
        finally:
            self.alarm(0)
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
            sys.setrecursionlimit(1000)

    def alarm(self, milliseconds):
        """Has the code interrupted where it is. WebAssembly has no signals: there the engine's own limit ends it."""
        if sys.platform != "wasi":
            import signal

            signal.signal(signal.SIGALRM, self.late)
            signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)

    def late(self, _number, _frame):
        raise TimeoutError(f"time limit exceeded: the batch took longer than {self.time} ms")


def loaded(question):
    """Compiles the code of the first question; returns it, or what is wrong with it."""
    try:
        return Program(question), b"\0"
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError) as error:
        return None, number(1) + end_of("".join(traceback.format_exception_only(type(error), error)))


def main():
    engine = connection()
    program = None
    sys.stdin = None
    sys.path[:] = [entry for entry in sys.path if entry] + sys.argv[1:]
    while True:
        frame = engine.read()
        if not frame:
            return
        question = Reader(frame)
        version, kind = question.take(1)[0], question.integer()
        if version != VERSION or (kind == 0) != (program is None):
            sys.exit("the engine asked what this worker does not understand")
        if program is None:
            program, answer = loaded(question)
        else:
            answer = program.run(question)
        engine.write(struct.pack("<IB", len(answer) + 1, VERSION) + answer)
        if program is None:
            return


main()
