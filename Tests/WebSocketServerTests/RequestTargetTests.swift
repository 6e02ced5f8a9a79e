import Testing

@testable import WebSocketServer

@Suite struct RequestTargetTests {
    @Test(
        arguments: [
            ("/", "/", [""]),
            ("/a/b", "/a/b", ["a", "b"]),
            ("/a%20b/%C3%A4", "/a b/ä", ["a b", "ä"]),
            ("/a%2Fb/c", "/a%2Fb/c", ["a/b", "c"]),
            ("/a+b", "/a+b", ["a+b"]),
            ("/a&b;c", "/a&b;c", ["a&b;c"]),
            ("//a", "//a", ["", "a"]),
            ("/...", "/...", ["..."]),
        ] as [(String, String, [String])])
    func `a path is split first and decoded after`(text: String, path: String, segments: [String]) throws {
        let target = try RequestTarget(text)
        #expect(target.path == path)
        #expect(target.segments == segments)
    }

    @Test(arguments: ["/%", "/%4", "/%zz", "/%00", "/a%FF", "/..", "/a/../b", "/%2e%2E/x", "/.", "/?a=%", "/?%00"])
    func `what cannot be read in one way only is refused`(text: String) {
        #expect(throws: HTTPFault.self) { try RequestTarget(text) }
    }

    @Test func `a query has names, values, repetitions and spaces`() throws {
        let query = try RequestTarget("/a?x=1&y=a+b%2Bc&x=2&flag&=v&z=1=2&u=%C3%A4?").query
        #expect(query.all("x") == ["1", "2"])
        #expect(query.first("y") == "a b+c")
        #expect(query.first("flag") == "")
        #expect(query.first("") == "v")
        #expect(query.first("z") == "1=2")
        #expect(query.first("u") == "ä?")
        #expect(query.first("none") == nil)
    }
}
