import Foundation

/// A self-signed certificate of localhost and its key, as PEM files in a folder.
package struct TestCertificate: Sendable {
    package let path: String
    package let keyPath: String

    /// - Parameter name: of the files; those that are there are replaced, as at a renewal.
    package init(_ name: String, in folder: TestFolder) throws {
        (path, keyPath) = (folder.file("\(name).pem"), folder.file("\(name).key"))
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments =
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
            .split(separator: " ").map(String.init) + ["-keyout", keyPath, "-out", path]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else { throw TestFailure("openssl made no certificate") }
    }

    /// A copy for clients that trust this one and no later one in its place.
    package func copy(to name: String, in folder: TestFolder) throws -> String {
        try FileManager.default.copyItem(atPath: path, toPath: folder.file(name))
        return folder.file(name)
    }
}
