// swift-tools-version: 6.2
import PackageDescription

/// The same for every target: Swift 6 with complete concurrency checking, warnings as errors.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// For the few targets that touch memory by hand: every unsafe expression must be marked `unsafe`.
let unsafeDoors = settings + [.strictMemorySafety()]

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "amphi",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "amphi", targets: ["amphi"]),
        .executable(name: "amphi-bench", targets: ["amphi-bench"]),
        // For tests: preloaded into a hub, makes the disk fail under its database (Tests/DiskFault).
        .library(name: "DiskFault", type: .dynamic, targets: ["DiskFault"]),
    ],
    traits: [
        .trait(name: "PostgreSQL", description: "Data in PostgreSQL; needs libpq (Debian: libpq-dev).")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CGlibc"),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibwebsockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "StrictJSON", swiftSettings: settings),
        .target(name: "Tokens", dependencies: ["COpenSSL", "StrictJSON"], swiftSettings: unsafeDoors),
        .target(
            name: "Database",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
                logging,
            ],
            swiftSettings: unsafeDoors
        ),
        // Empty without the trait, as are its tests.
        .target(
            name: "DatabasePostgres",
            dependencies: ["Database", logging, .target(name: "CLibpq", condition: .when(traits: ["PostgreSQL"]))],
            swiftSettings: unsafeDoors
        ),
        .target(
            name: "WebSocketServer",
            dependencies: ["CGlibc", "CLibwebsockets", httpTypes, logging],
            swiftSettings: unsafeDoors
        ),
        .target(name: "WebClient", dependencies: ["COpenSSL"], swiftSettings: unsafeDoors),
        .target(
            name: "SessionHub",
            dependencies: [
                "Database", "StrictJSON", "Tokens", "WebSocketServer", httpTypes, logging, serviceLifecycle,
                .target(name: "DatabasePostgres", condition: .when(traits: ["PostgreSQL"])),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "amphi",
            dependencies: [
                "SessionHub", "StrictJSON", "WebClient", argumentParser, logging, serviceLifecycle,
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "amphi-bench",
            dependencies: ["CGlibc", "StrictJSON", "Tokens", argumentParser],
            swiftSettings: unsafeDoors
        ),
        .testTarget(name: "AmphiBenchTests", dependencies: ["amphi-bench"], swiftSettings: settings),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"], swiftSettings: settings),
        .testTarget(name: "TokensTests", dependencies: ["Tokens", "StrictJSON"], swiftSettings: settings),
        .testTarget(name: "DatabaseTests", dependencies: ["Database"], swiftSettings: settings),
        .target(name: "PostgresSupport", path: "Tests/PostgresSupport", swiftSettings: settings),
        .testTarget(
            name: "DatabasePostgresTests", dependencies: ["Database", "DatabasePostgres", "PostgresSupport", logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WebSocketServerTests", dependencies: ["WebSocketServer", httpTypes, logging], swiftSettings: settings
        ),
        // For the Autobahn suite, by hand: Tests/Conformance/README.md.
        .executableTarget(
            name: "ConformanceEcho", dependencies: ["WebSocketServer", httpTypes, logging],
            path: "Tests/Conformance/Echo", swiftSettings: settings, linkerSettings: [.linkedLibrary("crypto")]
        ),
        .target(name: "DiskFault", path: "Tests/DiskFault", publicHeadersPath: "."),
        .target(
            name: "TestSupport",
            dependencies: [
                "SessionHub", "Database", "PostgresSupport", "StrictJSON", "Tokens", logging,
                .target(name: "DatabasePostgres", condition: .when(traits: ["PostgreSQL"])),
            ],
            path: "Tests/Support",
            swiftSettings: settings
        ),
        .testTarget(
            name: "SessionHubTests",
            dependencies: [
                "SessionHub", "TestSupport", "Database", "StrictJSON", "Tokens", "WebSocketServer", httpTypes, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "Database", "SessionHub", "StrictJSON", "Tokens", "WebClient", "amphi", "amphi-bench",
                logging, "PostgresSupport",
            ],
            swiftSettings: settings
        ),
    ]
)
