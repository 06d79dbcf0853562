#!/usr/bin/env bash
# A private Emscripten 3.1.69 for Debian 12, whose own is too old. The host's libc stays as it is.
# Emscripten and Binaryen are Debian 13's, unpacked; Binaryen runs on Debian 13's loader by wrappers;
# the compiler is Debian 12's clang-19, the one thing that has to be installed with root.
# usage: setup-emscripten.sh PREFIX        by hand afterwards: . PREFIX/env.sh
set -euo pipefail
SCRIPTS=$(dirname "$(realpath "$0")")
. "$SCRIPTS/lib/private-apt.sh"

PREFIX=$(realpath -m "${1:?usage: setup-emscripten.sh PREFIX}")
EMSCRIPTEN='3.1.69+dfsg-3' BINARYEN='120-4' ACORN=8.14.1 TYPESCRIPT=5.9.3
LLVM=/usr/lib/llvm-19/bin
STAMP=".complete-$EMSCRIPTEN-$BINARYEN-$ACORN-$TYPESCRIPT-1"
HOST_PACKAGES='clang-19 lld-19 llvm-19 python3'

check_host() {
  [ "$(host_release)" = bookworm ] && command -v apt-get >/dev/null ||
    fail "No emcc 3.1.69 or newer was found on the PATH, and it can be installed by itself on Debian 12" \
      "only: install Emscripten (Debian 13, Ubuntu 25.04: apt-get install emscripten; elsewhere: emsdk)" \
      "and try again."
  command -v npm >/dev/null || fail "npm was not found on the PATH: install it beside Node and try again."
}

# The compiler, from the host's own packages.
install_compiler() {
  local tool missing=''
  for tool in "$LLVM/clang" "$LLVM/wasm-ld" "$LLVM/llvm-ar" python3; do
    command -v "$tool" >/dev/null || missing=1
  done
  [ -n "$missing" ] || return 0
  local as_root=''
  if [ "$(id -u)" != 0 ]; then
    as_root='sudo -n'
    $as_root true 2>/dev/null ||
      fail "Emscripten needs Debian's clang-19, and there is no root here to install it: run" \
        "'sudo apt-get install --no-install-recommends $HOST_PACKAGES' once and try again."
  fi
  say "install with apt: $HOST_PACKAGES (340 MB)"
  { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $HOST_PACKAGES; } >"$PREFIX/apt.log" 2>&1 </dev/null || {
    tail -n 5 "$PREFIX/apt.log" >&2
    fail "apt-get could not install $HOST_PACKAGES: mend what it says above and try again."
  }
}

# Emscripten without what the project never links: PIC, LTO, Wasm workers, WasmFS (1.7 GB -> 0.25 GB).
unpack_emscripten() {
  local share=./usr/share/emscripten libraries
  libraries=$share/cache/sysroot/lib/wasm32-emscripten
  say "unpack Emscripten $EMSCRIPTEN"
  mkdir "$PREFIX/unpacked"
  dpkg-deb --fsys-tarfile "$PREFIX"/debs/emscripten_*.deb | tar -xC "$PREFIX/unpacked" \
    --exclude="$libraries/pic" --exclude="$libraries/lto-pic" --exclude="$libraries/lto" \
    --exclude='*-ww.a' --exclude='*-ww-*.a' --exclude="$libraries/libwasmfs*" \
    --exclude="$share/test" --exclude="$share/docs" --exclude='./usr/share/doc'
  mv "$PREFIX/unpacked/usr/share/emscripten" "$PREFIX/em"
}

unpack_binaryen() {
  local name package tool unpacked=$PREFIX/unpacked
  say "unpack Binaryen $BINARYEN with its own loader"
  mkdir -p "$PREFIX/binaryen/real" "$PREFIX/binaryen/bin" "$PREFIX/runtime"
  for package in binaryen libc6 libstdc++6 libgcc-s1; do
    dpkg-deb --fsys-tarfile "$PREFIX"/debs/"$package"_*.deb | tar -xC "$unpacked"
  done
  mv "$unpacked"/usr/bin/wasm* "$PREFIX/binaryen/real/"
  mv "$unpacked"/usr/lib/*/libbinaryen.so "$PREFIX/runtime/"
  for name in ld-linux-'*'.so.? libc.so.6 libm.so.6 libstdc++.so.6 libgcc_s.so.1; do
    cp -L "$unpacked"/usr/lib/*/$name "$PREFIX/runtime/"
  done
  for tool in "$PREFIX"/binaryen/real/*; do
    name=${tool##*/}
    cat >"$PREFIX/binaryen/bin/$name" <<'WRAPPER'
#!/bin/sh
prefix=$(dirname "$(dirname "$(dirname "$0")")")
exec "$prefix"/runtime/ld-linux-*.so.? --inhibit-cache --library-path "$prefix/runtime" \
  "$prefix/binaryen/real/${0##*/}" "$@"
WRAPPER
    chmod +x "$PREFIX/binaryen/bin/$name"
  done
}

# emcc's JavaScript parts: acorn for its optimizer, tsc for --emit-tsd. By their hashes, in emscripten/.
install_scripts() {
  say "npm packages of emcc: acorn $ACORN, TypeScript $TYPESCRIPT"
  cp "$SCRIPTS"/emscripten/package.json "$SCRIPTS"/emscripten/package-lock.json "$PREFIX/"
  npm ci --prefix "$PREFIX" --ignore-scripts --no-audit --no-fund --loglevel=error \
    >"$PREFIX/npm.log" 2>&1 || {
    tail -n 5 "$PREFIX/npm.log" >&2
    fail "npm could not install acorn and TypeScript for emcc: check the network and try again."
  }
}

configure() {
  # Node 20 runs relaxed SIMD only with the flag, and --emit-tsd runs the module.
  cat >"$PREFIX/em/.emscripten" <<CONFIG
EMSCRIPTEN_ROOT = '$PREFIX/em'
LLVM_ROOT = '$LLVM'
BINARYEN_ROOT = '$PREFIX/binaryen'
NODE_JS = ['node', '--experimental-wasm-relaxed-simd']
CACHE = '$PREFIX/em/cache'
FROZEN_CACHE = True
CONFIG
  # TypeScript 7 on the PATH breaks --emit-tsd in 3.1.69, so the prefix's own comes first.
  cat >"$PREFIX/env.sh" <<ENV
export EMSCRIPTEN='$PREFIX/em'
export EM_CONFIG='$PREFIX/em/.emscripten'
case ":\$PATH:" in *":$PREFIX/em:"*) ;; *) export PATH="$PREFIX/em:$PREFIX/node_modules/.bin:\$PATH" ;; esac
ENV
}

# Threads, relaxed SIMD, Embind and its TypeScript definitions, built and run.
check_prefix() {
  local work=$PREFIX/check
  say 'check: compile and run a module with threads, relaxed SIMD and Embind'
  mkdir "$work"
  cat >"$work/check.cpp" <<'SOURCE'
#include <emscripten/bind.h>
#include <wasm_simd128.h>
float madd(float x) {
  const v128_t sum = wasm_f32x4_relaxed_madd(wasm_f32x4_splat(x), wasm_f32x4_splat(3), wasm_f32x4_splat(1));
  return wasm_f32x4_extract_lane(sum, 0);
}
EMSCRIPTEN_BINDINGS(check) { emscripten::function("madd", &madd); }
SOURCE
  cat >"$work/check.mjs" <<'SCRIPT'
import create from './module.mjs';
process.exit((await create()).madd(2) === 7 ? 0 : 1);
SCRIPT
  (
    . "$PREFIX/env.sh"
    cd "$work"
    em++ -O2 -msimd128 -mrelaxed-simd -pthread --bind -sMODULARIZE -sEXPORT_ES6 \
      -sENVIRONMENT=web,worker,node check.cpp -o module.mjs --emit-tsd module.d.mts &&
      grep -q 'madd(_0: number): number' module.d.mts &&
      node --experimental-wasm-relaxed-simd check.mjs
  ) >"$work/log" 2>&1 || {
    tail -n 5 "$work/log" >&2
    fail "The Emscripten that was just installed in $PREFIX does not work: remove that folder and try again."
  }
  rm -rf "$work"
}

check_host
begin_prefix "$PREFIX" "$STAMP"
install_compiler
private_apt "$PREFIX" trixie "emscripten=$EMSCRIPTEN" "binaryen=$BINARYEN" libc6 libstdc++6 libgcc-s1
unpack_emscripten
unpack_binaryen
rm -rf "$PREFIX/unpacked" "$PREFIX/debs" "$PREFIX/apt"
install_scripts
configure
check_prefix
touch "$PREFIX/$STAMP"
