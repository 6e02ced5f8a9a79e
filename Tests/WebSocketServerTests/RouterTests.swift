import HTTPTypes
import Testing

@testable import WebSocketServer

@Suite struct RouterTests {
    private static func tree(_ patterns: [String]) -> RouteTree<String> {
        var tree = RouteTree<String>()
        for pattern in patterns { tree.update(pattern, default: "") { $0 = pattern } }
        return tree
    }

    @Test(
        arguments: [
            ("/", "/", [:]),
            ("/a", "/a", [:]),
            ("/a/", nil, [:]),
            ("/a/b", "/a/b", [:]),
            ("/a/7", "/a/{id:int}", ["id": "7"]),
            ("/a/x", "/a/{name}", ["name": "x"]),
            ("/a/-7", "/a/{name}", ["name": "-7"]),
            ("/a/99999999999999999999", "/a/{name}", ["name": "99999999999999999999"]),
            ("/a/7/chat", "/a/{id:int}/chat", ["id": "7"]),
            ("/a/7/other", nil, [:]),
            ("/a//chat", nil, [:]),
            ("/a/b/c", "/a/{name}/c", ["name": "b"]),
            ("/A", nil, [:]),
        ] as [(String, String?, [String: String])])
    func `the most literal pattern that fits the whole path wins`(
        path: String, pattern: String?, parameters: [String: String]
    ) {
        let tree = Self.tree(["/", "/a", "/a/b", "/a/{id:int}", "/a/{name}", "/a/{id:int}/chat", "/a/{name}/c"])
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let match = tree.match(segments)
        #expect(match?.value == pattern)
        #expect(match?.parameters ?? PathParameters() == PathParameters(parameters))
    }

    @Test func `the allowed methods of a path are named, HEAD with GET`() {
        var router = Router()
        router.add(.get, "/a") { _ in .text("") }
        router.add(.put, "/a") { _ in .text("") }
        guard case .fault(let fault) = router.resolve(.delete, ["a"]).0 else {
            Issue.record("DELETE was routed")
            return
        }
        #expect(fault == .methodNotAllowed(allowed: [.get, .put, .head]))
        #expect(fault.requiredHeaders[.allow] == "GET, PUT, HEAD")
    }

    @Test func `every method of every pattern is told, an upgrade as GET`() {
        var router = Router()
        for pattern in ["/a", "/a/{id:int}", "/a/{name}/b"] { router.add(.get, pattern) { _ in .text("") } }
        router.add(.put, "/a") { _ in .text("") }
        router.upgrade("/a/b") { _, _ in .refuse(.text("")) }
        #expect(
            Set(router.routes.map { "\($0.method) \($0.pattern)" })
                == ["GET /a", "PUT /a", "GET /a/{id:int}", "GET /a/{name}/b", "GET /a/b"])
    }

    @Test func `a fallback takes what no pattern matches, and no method`() {
        var router = Router()
        router.add(.get, "/a") { _ in .text("") }
        router.fallback = { _ in .text("") }
        if case .fault(let fault) = router.resolve(.post, ["b"]).0 { Issue.record("\(fault)") }
        guard case .fault(.methodNotAllowed) = router.resolve(.post, ["a"]).0 else {
            Issue.record("POST /a was routed")
            return
        }
    }

    // Found from outside, no. 41
    @Test(arguments: [
        ("/live/", "/"), ("/live", "/"), ("/live/items/7", "/items/7"), ("/items/7", "/items/7"),
        ("/livelier/items/7", "/livelier/items/7"), ("/live/live/x", "/live/x"), ("/live/a%2Fb", "/a%2Fb"),
        // What is routed as it is stays.
        ("/live/own", "/live/own"),
    ])
    func `a proxy may pass the base path on or cut it off`(path: String, expected: String) throws {
        var router = Router()
        router.basePath = ["live"]
        router.add(.get, "/items/{id:int}") { _ in Response(status: .ok) }
        router.add(.get, "/live/own") { _ in Response(status: .ok) }
        let target = try RequestTarget(path)
        var request = Request(method: .get, path: target.path, segments: target.segments)
        router.takeBasePath(off: &request)
        #expect(request.path == expected)
        #expect(RequestTarget.path(request.segments) == expected)
    }
}
