# What every script shares: folders, talk, the environment of the build.
# shellcheck shell=bash
set -euo pipefail

NEURITE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
NEURITE_CACHE=${NEURITE_CACHE:-$HOME/.cache/neurite}
NEURITE_DEPS=$NEURITE_ROOT/.deps
export NEURITE_ROOT NEURITE_CACHE NEURITE_DEPS

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Runs a command and shows its output only if it fails.
quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# Fills `arguments` with the given ones, with the path after --json made absolute: cargo runs a benchmark in the folder of its package.
with_absolute_json() {
    local previous='' argument
    arguments=()
    for argument in "$@"; do
        if [ "$previous" = --json ]; then argument=$(realpath -ms -- "$argument"); fi
        arguments+=("$argument")
        previous=$argument
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "'$1' needs root: run scripts/setup as root once, or install sudo"
    fi
}

# The version of crate $1 in Cargo.lock.
locked_version() {
    awk -v name="\"$1\"" '$1 == "name" { hit = ($3 == name) } hit && $1 == "version" { gsub(/"/, "", $3); print $3; exit }' "$NEURITE_ROOT/Cargo.lock"
}

# The folder where cargo unpacked the locked version of crate $1.
crate_source() {
    compgen -G "${CARGO_HOME:-$HOME/.cargo}/registry/src/*/$1-$(locked_version "$1")" | head -n 1
}

# Chooses the toolchain and exports all that a build reads, so that a person's shell and CI build the same.
build_environment() {
    toolchain_environment
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$NEURITE_CACHE/target}
    export WASM_BUILD_WORKSPACE_HINT=$NEURITE_ROOT
    export OPENSSL_NO_VENDOR=1
    export ROCKSDB_LIB_DIR ROCKSDB_STATIC=1
    ROCKSDB_LIB_DIR=$(rocksdb_dir)
    lint_while_building
    claim_target
}

# Has clippy look at our crates as they are compiled. Cargo hashes the path of the program that does it, so it must be the same for all clones.
lint_while_building() {
    local source=$NEURITE_ROOT/scripts/lib/rustc-and-clippy
    export RUSTC_WORKSPACE_WRAPPER=$NEURITE_CACHE/rustc-and-clippy
    mkdir -p "$NEURITE_CACHE"
    cmp --quiet "$source" "$RUSTC_WORKSPACE_WRAPPER" || install -m 755 "$source" "$RUSTC_WORKSPACE_WRAPPER"
}

# Cargo hashes paths relative to the workspace, so that it takes what another clone left in the target folder for this one's. Crates
# that hold the path of their sources would then look in the other clone: they are compiled again.
claim_target() {
    local owner=$CARGO_TARGET_DIR/.neurite-clone
    [ "$(cat "$owner" 2>/dev/null)" = "$NEURITE_ROOT" ] && return 0
    grep -rlZ --include='*.rs' CARGO_MANIFEST_DIR "$NEURITE_ROOT" | xargs -0 touch
    mkdir -p "$CARGO_TARGET_DIR"
    echo "$NEURITE_ROOT" >"$owner"
}

# shellcheck source=scripts/lib/packages.sh
. "$NEURITE_ROOT/scripts/lib/packages.sh"
# shellcheck source=scripts/lib/toolchain.sh
. "$NEURITE_ROOT/scripts/lib/toolchain.sh"
# shellcheck source=scripts/lib/wasm-sysroot.sh
. "$NEURITE_ROOT/scripts/lib/wasm-sysroot.sh"
# shellcheck source=scripts/lib/rocksdb.sh
. "$NEURITE_ROOT/scripts/lib/rocksdb.sh"
# shellcheck source=scripts/lib/onnxruntime.sh
. "$NEURITE_ROOT/scripts/lib/onnxruntime.sh"
# shellcheck source=scripts/lib/python-wasm.sh
. "$NEURITE_ROOT/scripts/lib/python-wasm.sh"
