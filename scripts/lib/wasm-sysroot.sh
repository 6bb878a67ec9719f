# Builds `core` and `alloc` for wasm32v1-none into the toolchain's sysroot, for a toolchain that carries only their sources.
# shellcheck shell=bash

# True when the rustc that these words call can build the Wasm runtime.
has_wasm_sysroot() {
    compgen -G "$("$@" --print sysroot)/lib/rustlib/wasm32v1-none/lib/libcore-*.rlib" >/dev/null
}

# The runtime's link step reads bitcode, hence embed-bitcode. RUSTC_BOOTSTRAP stays with this one command.
build_wasm_sysroot() {
    local work target
    work=$(mktemp -d)
    target="$(rustc --print sysroot)/lib/rustlib/wasm32v1-none/lib"
    mkdir -p "$work/src"
    printf '[package]\nname = "sysroot"\nversion = "0.0.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[workspace]\n' >"$work/Cargo.toml"
    printf '#![no_std]\n#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n' >"$work/src/lib.rs"
    (cd "$work" && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$work/target" \
        quietly cargo build --release -Z build-std=core,alloc --target wasm32v1-none)
    as_root mkdir -p "$target"
    as_root cp "$work"/target/wasm32v1-none/release/deps/lib{core,alloc,compiler_builtins}-*.rlib "$target/"
    rm -rf "$work"
}
