"""Runs `runner.py` in CPython that was compiled to WebAssembly, under wasmtime.

The folder of `sys.argv[1]` is what `scripts/install-python-wasm` makes: `wasmtime`, the interpreter compiled for this machine, and its
library. The guest has memory up to its limit, its library, read-only, and one function: `_host.call` passes frames on, unread. It has no other
file, no process and no network to ask for. This process itself stands behind the same walls as native code.
"""

import os
import struct
import sys

FOLDER, MEMORY, RUNNER = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sys.path.insert(0, FOLDER)

import wasmtime  # noqa: E402: it is in the folder

STACK = 8 << 20
# What the interpreter takes before any code runs.
INTERPRETER = 64 << 20
FAULT = -2
MASK = 0xFFFFFFFF


def read(count):
    data = bytearray()
    while len(data) < count:
        piece = os.read(0, min(count - len(data), 1 << 20))
        if not piece:
            return b""
        data += piece
    return bytes(data)


def answer(request):
    """Passes a frame of the guest on, or brings it the next question."""
    if not request:
        question = read(int.from_bytes(read(4), "little"))
        # The engine is gone.
        return question or os._exit(0)
    left = memoryview(request)
    while left:
        left = left[os.write(1, left) :]
    return b""


def call(caller, at, length, out_at, out_length):
    memory, allocate = caller["memory"], caller["host_alloc"]
    at, length, out_at, out_length = (value & MASK for value in (at, length, out_at, out_length))
    if max(at + length, out_at + 4, out_length + 4) > memory.data_len(caller):
        return FAULT
    response = answer(bytes(memory.read(caller, at, at + length)))
    place = allocate(caller, len(response)) & MASK
    if not place or place + len(response) > memory.data_len(caller):
        return FAULT
    memory.write(caller, response, place)
    memory.write(caller, struct.pack("<I", place), out_at)
    memory.write(caller, struct.pack("<I", len(response)), out_length)
    return 0


def main():
    config = wasmtime.Config()
    wasmtime._ffi.dll.wasmtime_config_async_stack_size_set(config.ptr(), STACK)
    config.max_wasm_stack = STACK
    engine = wasmtime.Engine(config)
    module = wasmtime.Module.deserialize_file(engine, os.path.join(FOLDER, "python.cwasm"))
    store = wasmtime.Store(engine)
    store.set_limits(memory_size=INTERPRETER + MEMORY)
    wasi = wasmtime.WasiConfig()
    wasi.argv = ["/usr/local/bin/python.wasm", "-c", RUNNER]
    wasi.env = [("PYTHONHASHSEED", "0"), ("PYTHONTZPATH", ""), ("HOME", "/"), ("TMPDIR", "/tmp")]
    wasi.preopen_dir(os.path.join(FOLDER, "lib"), "/usr/local/lib", False)
    wasi.inherit_stderr()
    store.set_wasi(wasi)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    i32 = wasmtime.ValType.i32()
    linker.define_func("host", "call", wasmtime.FuncType([i32] * 4, [i32]), call, access_caller=True)
    exports = linker.instantiate(store, module).exports(store)
    if "_initialize" in exports:
        exports["_initialize"](store)
    sys.exit(exports["run"](store))


main()
