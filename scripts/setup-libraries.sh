#!/usr/bin/env bash
# The C++ libraries of the project, and Ninja, unpacked from this system's Debian packages, without
# root: em++ must not see /usr/include, so both builds take them from a folder of their own.
# usage: setup-libraries.sh PREFIX
set -euo pipefail
. "$(dirname "$0")/lib/private-apt.sh"

PREFIX=$(realpath -m "${1:?usage: setup-libraries.sh PREFIX}")
STAMP=".complete-$(host_release)-1"
begin_prefix "$PREFIX" "$STAMP"

private_apt "$PREFIX" "$(host_release)" nlohmann-json3-dev libcli11-dev googletest \
  libbenchmark-dev libbenchmark1debian ninja-build
for package in "$PREFIX"/debs/*.deb; do dpkg-deb -x "$package" "$PREFIX"; done
rm -rf "$PREFIX/debs" "$PREFIX/apt"
touch "$PREFIX/$STAMP"
