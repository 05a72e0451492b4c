// swift-tools-version: 6.0

import PackageDescription

let package = Package(
    name: "Example",
    platforms: [.macOS(.v13), .iOS(.v16)],
    dependencies: [.package(path: "../../../bindings/uniffi/swift")],
    targets: [
        .executableTarget(
            name: "Example", dependencies: [.product(name: "Bgcopy", package: "swift")])
    ],
    swiftLanguageModes: [.v6]
)
