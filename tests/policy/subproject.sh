#!/bin/sh
# subproject.sh SOURCE CONSUMER VERSION - another Meson project takes the tree as a subproject.
set -eu
source=$1 consumer=$2 version=$3
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/subprojects"
ln -s "$source" "$tree/subprojects/vendorprint"
cp "$consumer" "$tree/consumer.c"
cat > "$tree/meson.build" << EOF
project('consumer', 'c', version: '3.2', default_options: ['warning_level=3', 'werror=true'])
vendorprint = dependency('vendorprint', fallback: 'vendorprint', default_options: ['tests=false', 'database=false'])
executable(
  'consumer',
  'consumer.c',
  c_args: '-DEXPECTED_VERSION="$version"',
  dependencies: vendorprint,
)
EOF
if ! meson setup "$tree/build" "$tree" --wrap-mode=forcefallback -Ddefault_library=shared -Doptimization=0 \
    > "$tree/log" 2>&1 || ! ninja -C "$tree/build" consumer >> "$tree/log" 2>&1; then
    cat "$tree/log" >&2
    exit 1
fi
"$tree/build/consumer"
