# Which toolchain compiles what: one that is installed as far as it can, Debian's for the rest.
# shellcheck shell=bash

RUST_PACKAGES=(rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web)
# The oldest rustc that builds the workspace, as in Cargo.toml's rust-version.
OLDEST_RUSTC=1.96
# Under this name rustup knows Debian's toolchain.
DEBIAN_TOOLCHAIN=debian
# The environment that makes the choice; written by scripts/setup.
TOOLCHAIN_ENVIRONMENT=$NEURITE_CACHE/toolchain

toolchain_environment() {
    # shellcheck source=/dev/null
    if [ -e "$TOOLCHAIN_ENVIRONMENT" ]; then . "$TOOLCHAIN_ENVIRONMENT"; fi
}

# Keeps a choice that still holds, else chooses anew.
choose_toolchain() {
    mkdir -p "$NEURITE_CACHE"
    if (toolchain_environment && can_build_everything); then return 0; fi
    toolchain_choice >"$TOOLCHAIN_ENVIRONMENT.part" || return 1
    mv "$TOOLCHAIN_ENVIRONMENT.part" "$TOOLCHAIN_ENVIRONMENT"
    say "chosen to build with (delete $TOOLCHAIN_ENVIRONMENT to choose anew): $(cut -d' ' -f2- "$TOOLCHAIN_ENVIRONMENT")"
}

# Prints the environment of the best choice, and installs what it needs. A compiler of the Rust project is worth the trouble: it takes
# little more than half the time of Debian's.
toolchain_choice() {
    local name
    if can_build_everything; then return 0; fi
    install_debian_toolchain >&2
    if name=$(rustup_toolchain); then
        rustup which --toolchain "$DEBIAN_TOOLCHAIN" rustc >/dev/null 2>&1 || quietly rustup toolchain link "$DEBIAN_TOOLCHAIN" /usr
        echo "export RUSTUP_TOOLCHAIN=$name WASM_BUILD_TOOLCHAIN=$DEBIAN_TOOLCHAIN"
    else
        # shellcheck disable=SC2016
        echo 'export PATH=/usr/bin:$PATH'
    fi
}

# True when the rustc in use is new enough and the Wasm runtime has a toolchain, too.
can_build_everything() {
    command -v rustc >/dev/null && command -v cargo >/dev/null || return 1
    is_new_enough "$(rustc --version 2>/dev/null)" || return 1
    if [ -n "${WASM_BUILD_TOOLCHAIN:-}" ]; then
        has_wasm_sysroot rustup run "$WASM_BUILD_TOOLCHAIN" rustc
    else
        has_wasm_sysroot rustc
    fi
}

# True for the text `rustc VERSION ...` of a rustc that builds the workspace.
is_new_enough() {
    local version=${1#rustc }
    [ "$(printf '%s\n' "$OLDEST_RUSTC" "${version%% *}" | sort -V | head -n 1)" = "$OLDEST_RUSTC" ]
}

# Prints the name of the oldest of rustup's toolchains that is new enough: a stable one before a nightly one.
rustup_toolchain() {
    command -v rustup >/dev/null || return 1
    local name version
    rustup toolchain list | cut -d' ' -f1 | grep -vx "$DEBIAN_TOOLCHAIN" | while read -r name; do
        version=$(rustup run "$name" rustc --version 2>/dev/null) || continue
        if is_new_enough "$version"; then echo "${version#rustc } $name"; fi
    done | sort -V | awk 'NR == 1 { print $NF; found = 1 } END { exit !found }'
}

install_debian_toolchain() {
    install_packages "${RUST_PACKAGES[@]}"
    # rust-lld is a link to the linker of one LLVM version, which comes as a package of its own.
    install_packages "$(basename "$(readlink /usr/bin/rust-lld)")"
    if ! has_wasm_sysroot /usr/bin/rustc; then
        say "building core and alloc for Wasm (about 20 seconds)"
        (export PATH=/usr/bin:$PATH && build_wasm_sysroot)
    fi
}
