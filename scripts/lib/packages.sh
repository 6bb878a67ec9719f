# Debian packages.
# shellcheck shell=bash

# What the build needs, what plugins start, and what the tests start themselves; bubblewrap stands around code of users in CPython.
BUILD_PACKAGES=(clang libclang-dev g++ make protobuf-compiler pkg-config libssl-dev ca-certificates git python3 python3-pip python3-yaml
    ffmpeg bubblewrap mosquitto rabbitmq-server postgresql mariadb-server)

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
