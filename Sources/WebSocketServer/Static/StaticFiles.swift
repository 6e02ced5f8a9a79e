internal import CLibwebsockets
internal import Glibc
import HTTPTypes

/// Serves the files under one folder: nothing outside of it, nothing whose name begins with a dot.
///
/// Reads files when asked, so call it from a request handler, never on an event loop.
package struct StaticFiles: Sendable {
    /// Absolute, without symbolic links; nil when the folder does not exist.
    private let root: String?
    private let links: LinkBase

    /// `root` is resolved once, here.
    ///
    /// - Parameter basePath: put in front of the absolute links of HTML files; empty, or `/live`.
    package init(root: String, basePath: String = "") {
        self.root = Self.resolved(root)
        links = LinkBase(basePath)
    }

    /// The file for `path` (as `Request.path`), `index.html` for a folder; 304 when the client has it already. Nil when
    /// there is no such file, or the method is neither GET nor HEAD.
    package func response(for path: String, request: Request) -> Response? {
        guard request.method == .get || request.method == .head else { return nil }
        guard let file = locate(path), var content = Self.read(file) else { return nil }
        if file.hasSuffix(".html") {
            content.bytes = links.apply(to: content.bytes)
            // A copy that a browser has from another base is another file.
            content.tag = "\"\(content.tag)\(links.tag)\""
        } else {
            content.tag = "\"\(content.tag)\""
        }
        var headers: HTTPFields = [
            .contentType: MediaType.forFile(named: file),
            .eTag: content.tag,
            .cacheControl: file.hasSuffix(".html") ? "no-cache" : "public, max-age=60, must-revalidate",
        ]
        guard !Self.matches(request.headers[.ifNoneMatch], content.tag) else {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .bytes(content.bytes))
    }

    /// The absolute path of the file, when it is one that may be served.
    private func locate(_ path: String) -> String? {
        guard let root, path.hasPrefix("/") else { return nil }
        var segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if segments.last == "" { segments[segments.count - 1] = "index.html" }
        guard segments.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.utf8.contains(0) }) else { return nil }
        guard let file = Self.resolved(root + "/" + segments.joined(separator: "/")) else { return nil }
        // After symbolic links: one that leads out of the root, or to a hidden file, is no file of ours.
        guard file.hasPrefix(root + "/"), !file.dropFirst(root.count).contains("/.") else { return nil }
        return file
    }

    private static func resolved(_ path: String) -> String? {
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    private static func read(_ file: String) -> (bytes: [UInt8], tag: String)? {
        // O_NONBLOCK: a pipe must not hold us up until fstat says what it is.
        let fd = unsafe open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard fd >= 0 else { return nil }
        defer { closeDescriptor(fd) }
        var status = stat()
        guard unsafe fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let size = Int(status.st_size)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = unsafe Glibc.read(fd, buffer.baseAddress.map { unsafe $0 + count }, size - count)
                guard got > 0 else { return }
                count += got
            }
        }
        guard bytes.count == size else { return nil }
        let modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        return (bytes, "\(String(modified, radix: 16))-\(String(size, radix: 16))")
    }

    /// "If-None-Match ... uses the weak comparison" (RFC 9110, 13.1.2).
    private static func matches(_ condition: String?, _ tag: String) -> Bool {
        guard let condition else { return false }
        return condition.split(separator: ",").contains { part in
            let candidate = part.trimmingBlanks()
            return candidate == "*" || candidate == tag || candidate == "W/" + tag
        }
    }
}
