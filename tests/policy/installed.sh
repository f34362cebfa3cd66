#!/bin/sh
# installed.sh BUILD CONSUMER VERSION CC... - what `meson install` lays down is all that a program needs,
# through pkg-config, with the shared libraries and with the static ones.  The libraries that ours need
# are shared either way: not every distribution has all of them as archives.
set -eu
build=$1 consumer=$2 version=$3
shift 3
cc=$* # "ccache cc": a command and what it runs
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
DESTDIR=$tree/root meson install -C "$build" --no-rebuild --quiet > "$tree/log" 2>&1 || {
    cat "$tree/log" >&2
    exit 1
}
PKG_CONFIG_PATH=$(dirname "$(find "$tree/root" -name vendorprint.pc)")
export PKG_CONFIG_PATH
libdir=$(dirname "$PKG_CONFIG_PATH")
# The prefix in the files is where it would be at last; here it lies below the tree.
prefix=$tree/root$(pkg-config --variable=prefix vendorprint)

link() # NAME OPTION... : PACKAGE, shared and static
{
    name=$1 package=$2
    shift 2
    flags="pkg-config --define-variable=prefix=$prefix $package"
    # shellcheck disable=SC2046 # lists
    $cc -DEXPECTED_VERSION="\"$version\"" "$@" "$consumer" -o "$tree/$name" \
        $($flags --cflags) $($flags --libs)
    LD_LIBRARY_PATH=$libdir "$tree/$name"
    # shellcheck disable=SC2046
    $cc -DEXPECTED_VERSION="\"$version\"" "$@" "$consumer" -o "$tree/$name-static" \
        $($flags --cflags) $($flags --libs | sed 's/-l\(vendorprint[a-z-]*\)/-l:lib\1.a/g') \
        $(pkg-config --libs $($flags --print-requires-private | sed 's/ .*//'))
    "$tree/$name-static"
    if ldd "$tree/$name-static" | grep -q libvendorprint; then
        echo "the static program needs a shared library of ours" >&2
        exit 1
    fi
}

link plain vendorprint
link with-set vendorprint-set -DWITH_SET
