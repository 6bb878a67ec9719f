# Debian packages and the Rust toolchain.
# shellcheck shell=bash

# What the build needs, what plugins start, and what the tests start themselves.
BUILD_PACKAGES=(clang libclang-dev g++ make protobuf-compiler pkg-config libssl-dev ca-certificates git python3 python3-pip python3-yaml
    ffmpeg mosquitto rabbitmq-server postgresql mariadb-server)
RUST_PACKAGES=(rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web)
# The oldest rustc that builds the workspace, as in Cargo.toml's rust-version.
OLDEST_RUSTC=1.92

missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} = 0 ] && return 0
    command -v apt-get >/dev/null || die "this is no Debian: install by hand what these packages hold: ${missing[*]}"
    say "installing packages: ${missing[*]}"
    quietly as_root apt-get update || die "cannot reach Debian's packages: check the network, then run scripts/setup again"
    DEBIAN_FRONTEND=noninteractive quietly as_root apt-get install -y --no-install-recommends "${missing[@]}" ||
        die "cannot install ${missing[*]}: see above"
    # Servers that the tests start themselves; the system's own must not listen.
    local package
    for package in "${missing[@]}"; do
        case $package in
            mosquitto | postgresql | rabbitmq-server) as_root service "$package" stop >/dev/null 2>&1 || true ;;
            mariadb-server) as_root service mariadb stop >/dev/null 2>&1 || true ;;
        esac
    done
}

# True when the rustc on PATH is new enough and can build the Wasm runtime.
has_own_toolchain() {
    command -v rustc >/dev/null && command -v cargo >/dev/null || return 1
    local version
    version=$(rustc --version 2>/dev/null | cut -d' ' -f2) || return 1
    [ "$(printf '%s\n' "$OLDEST_RUSTC" "$version" | sort -V | head -n 1)" = "$OLDEST_RUSTC" ] && has_wasm_sysroot
}

# Takes the toolchain on PATH if it will do, else Debian's with a Wasm sysroot built from its sources.
choose_toolchain() {
    mkdir -p "$NEURITE_CACHE"
    if [ ! -e "$NEURITE_CACHE/toolchain-from-debian" ] && has_own_toolchain; then return 0; fi
    install_packages "${RUST_PACKAGES[@]}"
    # rust-lld is a link to the linker of one LLVM version, which comes as a package of its own.
    install_packages "$(basename "$(readlink /usr/bin/rust-lld)")"
    touch "$NEURITE_CACHE/toolchain-from-debian"
    export PATH=/usr/bin:$PATH
    if ! has_wasm_sysroot; then
        say "building core and alloc for Wasm (about 20 seconds)"
        build_wasm_sysroot
    fi
}
