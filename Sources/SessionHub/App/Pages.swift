import Foundation
import HTTPTypes
import WebSocketServer

/// The browser's pages: static files, and the addresses that stand for one of them.
package struct Pages: Sendable {
    /// Which file stands for which address.
    private static let addresses: KeyValuePairs = [
        "/": "/index.html", "/sign-in": "/sign-in.html", "/account": "/account.html",
        "/course/{id:int}/links": "/links.html", "/admin": "/admin.html", "/class/{id:int}": "/class.html",
        "/class/{id:int}/attendance": "/attendance.html",
    ]

    private let files: StaticFiles

    /// - Parameters:
    ///   - root: the folder of the page's files (AMPHI_WEB_ROOT).
    ///   - basePath: under which browsers see the hub; the links of the pages begin with it.
    init(root: String, basePath: String = "") { files = StaticFiles(root: root, basePath: basePath) }

    /// A sentence for the operator when the hub has no pages, or not all of them.
    package static func problem(in root: String?) -> String? {
        guard let root else {
            return "AMPHI_WEB_ROOT: no folder with index.html was found, so the hub has no pages."
        }
        let missing = addresses.map(\.value).filter { !FileManager.default.isReadableFile(atPath: root + $0) }
        guard !missing.isEmpty else { return nil }
        return
            "AMPHI_WEB_ROOT: \(root) has no \(missing.map { $0.dropFirst() }.joined(separator: ", ")): pages are missing."
    }

    func add(to router: inout Router) {
        for (pattern, file) in Self.addresses { add(pattern, file, to: &router) }
        let files = files
        let renderFault = router.renderFault
        router.fallback = { request in
            guard request.method == .get || request.method == .head else {
                return renderFault(.notFound, request)
            }
            return files.response(for: request.path, request: request) ?? nothing(for: request)
                ?? renderFault(.notFound, request)
        }
    }

    /// The page for somebody whose browser asks for a page that is not there; programs get the JSON of every refusal.
    private func nothing(for request: Request) -> Response? {
        guard request.headers[.accept]?.contains("text/html") == true, !request.path.hasPrefix("/api/"),
            var page = files.response(for: "/not-found.html", request: request)
        else { return nil }
        if page.status == .ok { page.status = .notFound }
        return page
    }

    private func add(_ pattern: String, _ file: String, to router: inout Router) {
        let files = files
        let renderFault = router.renderFault
        router.add(.get, pattern) { request in
            files.response(for: file, request: request) ?? renderFault(.notFound, request)
        }
    }
}
