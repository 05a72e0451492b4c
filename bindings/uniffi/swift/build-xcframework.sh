#!/bin/bash
# Builds BgcopyFFI.xcframework for iOS, its simulator and macOS, on a Mac with
# Xcode. Not run: there is no Mac where the tests run.
set -eu
cd "$(dirname "$0")/../../.."
swift=bindings/uniffi/swift
targets="aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios aarch64-apple-darwin x86_64-apple-darwin"

bindings/uniffi/generate swift
# shellcheck disable=SC2086
rustup target add $targets
for target in $targets; do
    cargo build --release -p bgcopy-uniffi --lib --target "$target"
done

# One library per platform, for both of its processors.
built=target/xcframework
rm -rf $built $swift/BgcopyFFI.xcframework
mkdir -p $built/ios $built/simulator $built/macos $built/include
library=release/libbgcopy_uniffi.a
cp target/aarch64-apple-ios/$library $built/ios/
lipo -create -output $built/simulator/libbgcopy_uniffi.a \
    target/aarch64-apple-ios-sim/$library target/x86_64-apple-ios/$library
lipo -create -output $built/macos/libbgcopy_uniffi.a \
    target/aarch64-apple-darwin/$library target/x86_64-apple-darwin/$library
cp $swift/Sources/BgcopyFFI/BgcopyFFI.h $swift/Sources/BgcopyFFI/module.modulemap $built/include/

arguments=()
for platform in ios simulator macos; do
    arguments+=(-library $built/$platform/libbgcopy_uniffi.a -headers $built/include)
done
xcodebuild -create-xcframework "${arguments[@]}" -output $swift/BgcopyFFI.xcframework
