// swift-tools-version: 6.0

import PackageDescription

// On Linux the library is a shared one that the linker must find:
// `swift build -Xlinker -L/where/it/is`. For Apple systems it is an
// XCFramework, which build-xcframework.sh makes; see README.md for what was
// tested and what was not.
#if os(Linux)
let library: Target = .systemLibrary(name: "BgcopyFFI", path: "Sources/BgcopyFFI")
#else
let library: Target = .binaryTarget(name: "BgcopyFFI", path: "BgcopyFFI.xcframework")
#endif

let package = Package(
    name: "Bgcopy",
    // `Duration` is there from these on.
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [.library(name: "Bgcopy", targets: ["Bgcopy"])],
    targets: [
        library,
        .target(
            name: "Bgcopy",
            dependencies: ["BgcopyFFI"],
            linkerSettings: [.linkedLibrary("bgcopy_uniffi", .when(platforms: [.linux]))]
        ),
        .testTarget(name: "BgcopyTests", dependencies: ["Bgcopy"]),
    ],
    swiftLanguageModes: [.v6]
)
