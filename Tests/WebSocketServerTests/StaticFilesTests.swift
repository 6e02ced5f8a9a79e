import Foundation
import HTTPTypes
import Testing

@testable import WebSocketServer

@Suite struct StaticFilesTests {
    /// A root with a page, a script, a hidden file and links in and out of it; a secret beside it.
    private func withRoot(_ body: (StaticFiles) throws -> Void) throws {
        let top = FileManager.default.temporaryDirectory.appending(path: "amphi-static-\(RequestID.make())")
        let root = top.appending(path: "public")
        try FileManager.default.createDirectory(at: root.appending(path: "js"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: top) }
        for (path, text) in [
            "public/index.html": "<p>home", "public/js/app.js": "let a", "public/.env": "hidden",
            "secret.txt": "secret",
            "public/js/index.html": "<p>js",
        ] { try Data(text.utf8).write(to: top.appending(path: path)) }
        for (link, target) in [
            "public/out.txt": "../secret.txt", "public/in.js": "js/app.js", "public/env.txt": ".env",
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: top.appending(path: link).path, withDestinationPath: target)
        }
        try body(StaticFiles(root: root.path))
    }

    private func get(_ files: StaticFiles, _ path: String, _ headers: HTTPFields = [:]) -> Response? {
        files.response(for: path, request: Request(method: .get, path: path, headers: headers))
    }

    @Test func `files come with their type and how long they may be kept`() throws {
        try withRoot { files in
            let page = try #require(get(files, "/"))
            #expect(page.body == .bytes(Array("<p>home".utf8)))
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.headers[.cacheControl] == "no-cache")
            let script = try #require(get(files, "/js/app.js"))
            #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
            #expect(script.headers[.cacheControl] == "public, max-age=60, must-revalidate")
            #expect(get(files, "/in.js")?.body == script.body)
            #expect(get(files, "/js/")?.body == .bytes(Array("<p>js".utf8)))
        }
    }

    @Test(arguments: [
        "/../secret.txt", "/js/../../secret.txt", "/%2E%2E/secret.txt", "/out.txt", "/.env", "/env.txt", "/js", "/none",
        "//index.html", "/js//app.js", "/index.html/", "/./index.html", "index.html", "", "/\u{0}",
    ])
    func `nothing outside, nothing hidden, nothing that is no file`(path: String) throws {
        try withRoot { files in #expect(get(files, path) == nil) }
    }

    @Test func `what the client has already is not sent again`() throws {
        try withRoot { files in
            let tag = try #require(get(files, "/js/app.js")?.headers[.eTag])
            for condition in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let response = get(files, "/js/app.js", [.ifNoneMatch: condition])
                #expect(response?.status == .notModified)
                #expect(response?.body == .empty)
                #expect(response?.headers[.eTag] == tag)
            }
            #expect(get(files, "/js/app.js", [.ifNoneMatch: "\"other\""])?.status == .ok)
        }
    }

    @Test func `only GET and HEAD read files`() throws {
        try withRoot { files in
            #expect(files.response(for: "/", request: Request(method: .post, path: "/")) == nil)
            #expect(files.response(for: "/", request: Request(method: .head, path: "/"))?.status == .ok)
        }
    }

    @Test(arguments: [
        ("a.mjs", "text/javascript; charset=utf-8"), ("a.CSS", "text/css; charset=utf-8"), ("a.svg", "image/svg+xml"),
        ("a.json", "application/json"), ("a.yaml", "application/yaml"), ("a.woff2", "font/woff2"),
        ("a.png", "image/png"), ("a.ico", "image/x-icon"), ("a.webmanifest", "application/manifest+json"),
        ("a.b.js", "text/javascript; charset=utf-8"), ("none", "application/octet-stream"),
    ])
    func `a name has a type`(name: String, type: String) {
        #expect(MediaType.forFile(named: name) == type)
    }

    // Found from outside, no. 41
    @Test(arguments: [
        (#"<a href="/">"#, #"<a href="/live/">"#), (#"<a href="/css/a.css">"#, #"<a href="/live/css/a.css">"#),
        (#"<script type="module" src="/js/a.js">"#, #"<script type="module" src="/live/js/a.js">"#),
        ("<a\nhref=\"/a\">", "<a\nhref=\"/live/a\">"),
        (#"<a href="//other.example/">"#, #"<a href="//other.example/">"#),
        (##"<a href="#top">"##, ##"<a href="#top">"##),
        (#"<a href="css/a.css">"#, #"<a href="css/a.css">"#), (#"<p data-src="/a">"#, #"<p data-src="/a">"#),
        (#"<p title="/a">href="#, #"<p title="/a">href="#), ("", ""), (#"<a href=""#, #"<a href=""#),
    ])
    func `the links of a page begin with the base path`(page: String, expected: String) {
        #expect(String(decoding: LinkBase("/live").apply(to: Array(page.utf8)), as: UTF8.self) == expected)
        #expect(LinkBase("").apply(to: Array(page.utf8)) == Array(page.utf8))
    }

    // Found from outside, no. 41
    @Test func `a page with another base is another page, a script is not`() {
        #expect(Set(["", "/live", "/live/two", "/Live"].map { LinkBase($0).tag }).count == 4)
        #expect(LinkBase("").tag == "")
    }
}
