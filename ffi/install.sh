#!/bin/sh
# Installs the C library and, where it was built, BITS by COM, like "make install":
#
#   PREFIX=/usr DESTDIR=/tmp/package ffi/install.sh
#
# PREFIX   where it will be used from (/usr/local)
# LIBDIR   the folder of its libraries (PREFIX/lib)
# DESTDIR  put in front of every path, for packagers (empty)
# BUILT    the folder with libbgcopy.so and libbgcopy.a (target/release;
#          without it the library is built first). libbgcopy_bits.so and
#          libbgcopy_bits.a are there after "cargo build --release -p bgcopy-com".

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
destdir=${DESTDIR:-}

if [ -z "${BUILT:-}" ]; then
    (cd "$root" && cargo build --release -p bgcopy-ffi)
    BUILT=${CARGO_TARGET_DIR:-$root/target}/release
fi

version=$(sed -n 's/^#define BGCOPY_VERSION "\(.*\)"$/\1/p' "$root/include/bgcopy.h")
# While the major number is 0, the minor one stands for the binary interface.
abi=${version%.*}

include=$destdir$prefix/include
lib=$destdir$libdir
mkdir -p "$include/bgcopy" "$lib/pkgconfig" "$lib/cmake/bgcopy"

install -m 644 "$root/include/bgcopy.h" "$root/include/bgcopy.hpp" "$include"
install -m 644 "$root/include/bgcopy/"*.hpp "$include/bgcopy"

libraries() {
    install -m 755 "$BUILT/$1.so" "$lib/$1.so.$version"
    ln -sf "$1.so.$version" "$lib/$1.so.$abi"
    ln -sf "$1.so.$abi" "$lib/$1.so"
    install -m 644 "$BUILT/$1.a" "$lib/$1.a"
}

libraries libbgcopy

# What the static library needs beside the C library. zlib is there if the
# building machine had one to share.
private="-lpthread -ldl -lm"
if ldd "$BUILT/libbgcopy.so" | grep -q 'libz\.so'; then
    private="-lz $private"
fi

fill() {
    sed -e "s|@PREFIX@|$prefix|g" -e "s|@LIBDIR@|$libdir|g" -e "s|@VERSION@|$version|g" \
        -e "s|@ABI@|$abi|g" -e "s|@PRIVATE@|$private|g" "$root/ffi/cmake/$1" >"$2"
    chmod 644 "$2"
}

fill bgcopy.pc.in "$lib/pkgconfig/bgcopy.pc"
fill bgcopy-config.cmake.in "$lib/cmake/bgcopy/bgcopy-config.cmake"
fill bgcopy-config-version.cmake.in "$lib/cmake/bgcopy/bgcopy-config-version.cmake"

# Its headers have the names of those of Windows, and so a folder of their own.
if [ -e "$BUILT/libbgcopy_bits.so" ]; then
    mkdir -p "$include/bgcopy-bits"
    install -m 644 "$root/include/com/"*.h "$include/bgcopy-bits"
    libraries libbgcopy_bits
    fill bgcopy-bits.pc.in "$lib/pkgconfig/bgcopy-bits.pc"
fi
