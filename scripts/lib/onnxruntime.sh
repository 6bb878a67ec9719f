# Fetches the ONNX Runtime library out of its Python wheel; no Python is needed to run it.
# shellcheck shell=bash

ONNXRUNTIME_VERSION=1.31.1

onnxruntime_library() { echo "$NEURITE_DEPS/libonnxruntime.so"; }

has_onnxruntime() { [ -s "$(onnxruntime_library)" ]; }

# The checksums of the wheels that were tried, by machine.
onnxruntime_sha256() {
    case $(uname -m) in
        x86_64) echo 5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f ;;
        *) die "no checksum of onnxruntime $ONNXRUNTIME_VERSION is pinned for $(uname -m): add the wheel's sha256 to scripts/lib/onnxruntime.sh" ;;
    esac
}

fetch_onnxruntime() {
    local work wheel
    work=$(mktemp -d)
    quietly python3 -m pip download --no-deps --only-binary :all: --python-version 3.11 --dest "$work" "onnxruntime==$ONNXRUNTIME_VERSION" ||
        die "cannot fetch onnxruntime $ONNXRUNTIME_VERSION from the Python package registry: check the network, then run scripts/setup again"
    wheel=$(compgen -G "$work/*.whl" | head -n 1)
    echo "$(onnxruntime_sha256)  $wheel" | sha256sum --check --quiet ||
        die "the onnxruntime wheel does not have the pinned checksum: nothing was installed"
    mkdir -p "$NEURITE_DEPS"
    python3 -m zipfile -e "$wheel" "$work/wheel"
    cp "$work/wheel/onnxruntime/capi/libonnxruntime.so.$ONNXRUNTIME_VERSION" "$NEURITE_DEPS/.part"
    mv "$NEURITE_DEPS/.part" "$(onnxruntime_library)"
    rm -rf "$work"
}
