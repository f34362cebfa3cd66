#!/bin/sh
# run.sh - the C tests on another kind of machine, under qemu, and the set compiled there
#
#   tests/cross/run.sh ARCH [FOLDER]   ARCH: s390x (big-endian), arm64 (NEON), i386, armhf (32 bits)
#
# FOLDER (build-cross/ARCH) keeps a root of Debian's packages and two builds.  What it says at the
# end: the tests that failed, and whether the database is the same, byte for byte, as one that this
# machine compiles.  Tests in Python are left out: they start programs without qemu.
#
# MIRROR in the environment is where the packages come from, if not from mmdebstrap's usual mirrors.
#
# Debian 12: apt-get install mmdebstrap qemu-user-static and, as ARCH is,
# gcc-s390x-linux-gnu, gcc-aarch64-linux-gnu, gcc-i686-linux-gnu or gcc-arm-linux-gnueabihf (with
# libc6-dev-ARCH-cross).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
arch=${1:?usage: run.sh s390x|arm64|i386|armhf [FOLDER]}
[ -f "$here/$arch.ini" ] || { echo "run.sh: no $arch.ini here" >&2; exit 64; }
mkdir -p "${2:-$top/build-cross/$arch}"
folder=$(cd "${2:-$top/build-cross/$arch}" && pwd)

# Unpacked, never configured: nothing of it runs but the C library under qemu.
if [ ! -f "$folder/root.done" ]; then
    mmdebstrap --variant=extract --architectures="$arch" --include="libc6-dev,libssl-dev,libmagic-dev,\
libutf8proc-dev,libyaml-dev,libxxhash-dev,libarchive-dev,zlib1g-dev,check,libsubunit-dev" \
        bookworm "$folder/root" ${MIRROR:+"$MIRROR"}
    touch "$folder/root.done"
fi

printf "[constants]\nroot = '%s'\n" "$folder/root" > "$folder/root.ini"
[ -f "$folder/$arch/build.ninja" ] ||
    meson setup --cross-file "$folder/root.ini" --cross-file "$here/$arch.ini" \
        --buildtype=debugoptimized -Dwerror=true "$folder/$arch" "$top"
[ -f "$folder/native/build.ninja" ] || meson setup -Dtests=false "$folder/native" "$top"
ninja -C "$folder/$arch"
ninja -C "$folder/native"

status=0
# Anything that Python starts has no qemu: the suites of the command, of the binding and of the tree.
meson test -C "$folder/$arch" --no-rebuild --timeout-multiplier 8 --print-errorlogs \
    --no-suite python --no-suite tools --no-suite evaluate --no-suite fixtures --no-suite policy \
    --no-suite schema || status=1

database=signatures/vendorprint.vpdb
if cmp "$folder/$arch/$database" "$folder/native/$database"; then
    sha256sum "$folder/$arch/$database" "$folder/native/$database"
    echo "run.sh: the database is the same on $arch"
else
    status=1
fi
exit $status
