# Compiles the RocksDB that librocksdb-sys carries as two unity files: minutes instead of a quarter of an hour.
# shellcheck shell=bash

# Where the static library of the locked version lives; a new version makes a new folder.
rocksdb_dir() { echo "$NEURITE_CACHE/rocksdb-$(locked_version librocksdb-sys)"; }

has_rocksdb() { [ -s "$(rocksdb_dir)/librocksdb.a" ]; }

# Writes unity file $1 of 2 for the crate in $2: every second line of its own list of sources.
rocksdb_unity_source() {
    local half=$1 crate=$2
    grep -v '^util/build_version.cc$' "$crate/rocksdb_lib_sources.txt" | tr ' ' '\n' | grep -v '^$' |
        awk -v half="$half" -v crate="$crate" 'NR % 2 == half - 1 { printf "#include \"%s/rocksdb/%s\"\n", crate, $1 }'
    [ "$half" = 1 ] && printf '#include "%s/build_version.cc"\n' "$crate"
    return 0
}

build_rocksdb() {
    local crate out half flags pids=()
    crate=$(crate_source librocksdb-sys)
    out=$(rocksdb_dir).part
    rm -rf "$out" && mkdir -p "$out"
    flags="-O2 -std=c++17 -fPIC -w -DNDEBUG -DSNAPPY=1 -DOS_LINUX -DROCKSDB_PLATFORM_POSIX -DROCKSDB_LIB_IO_POSIX
        -DROCKSDB_SCHED_GETCPU_PRESENT -DROCKSDB_SUPPORT_THREAD_LOCAL"
    [ "$(uname -m)" = x86_64 ] && flags="$flags -msse4.2 -mpclmul"
    flags="$flags -I$crate/rocksdb/include -I$crate/rocksdb -I$crate/rocksdb/third-party/gtest-1.8.1/fused-src -I$crate/snappy -I$crate"
    for half in 1 2; do
        rocksdb_unity_source "$half" "$crate" >"$out/unity$half.cc"
        # shellcheck disable=SC2086
        g++ $flags -c "$out/unity$half.cc" -o "$out/unity$half.o" >"$out/unity$half.log" 2>&1 &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || { tail -n 20 "$out"/*.log >&2; return 1; }; done
    ar crs "$out/librocksdb.a" "$out"/unity*.o
    rm -f "$out"/unity*
    rm -rf "$(rocksdb_dir)" && mv "$out" "$(rocksdb_dir)"
}
