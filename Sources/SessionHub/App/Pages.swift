import HTTPTypes
package import WebSocketServer

/// The browser's pages: static files, and the addresses that stand for one of them.
package struct Pages: Sendable {
    private let files: StaticFiles

    /// - Parameter root: the folder of the page's files (AMPHI_WEB_ROOT).
    package init(root: String) { files = StaticFiles(root: root) }

    package func add(to router: inout Router) {
        add("/", "/index.html", to: &router)
        add("/sign-in", "/sign-in.html", to: &router)
        add("/account", "/account.html", to: &router)
        add("/course/{id:int}/links", "/links.html", to: &router)
        add("/admin", "/admin.html", to: &router)
        add("/class/{id:int}", "/class.html", to: &router)
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
