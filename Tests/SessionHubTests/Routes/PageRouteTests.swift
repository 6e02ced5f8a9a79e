import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// The browser's files: types, conditions, and nothing outside of their folder.
@Suite("Pages and files", .timeLimit(.minutes(5)))
struct PageRouteTests {
    @Test(arguments: [
        "/", "/sign-in", "/account", "/course/1/links", "/class/1", "/class/999999", "/class/1/attendance",
    ])
    func `the pages are there for everybody, without a token`(path: String) async throws {
        try await Classroom.with { room in
            let response = try await room.client.send("GET", path)
            #expect(response.status == 200)
            #expect(response.header("Content-Type") == "text/html; charset=utf-8")
            #expect(response.header("Cache-Control") == "no-cache")
            #expect(response.text.lowercased().hasPrefix("<!doctype html>"))
        }
    }

    @Test func `what the pages name is there, with its type`() async throws {
        try await Classroom.with { room in
            var names: Set<String> = []
            for page in ["/", "/sign-in", "/account", "/course/1/links", "/class/1", "/class/1/attendance"] {
                let text = try await room.client.send("GET", page).text
                names.formUnion(text.matches(of: /(?:src|href)="(\/[^"\/][^"#?]*)"/).map { String($0.1) })
            }
            #expect(names.contains { $0.hasSuffix(".js") } && names.contains { $0.hasSuffix(".css") })
            for name in names.union(["/js/amphi-client.js"]) {
                let response = try await room.client.send("GET", name)
                #expect(response.status == 200, "\(name)")
                let types = [
                    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
                ]
                for (suffix, type) in types where name.hasSuffix(suffix) {
                    #expect(response.header("Content-Type") == type, "\(name)")
                }
            }
        }
    }

    @Test func `a browser gets a page for an address that there is not, a program the refusal`() async throws {
        try await Classroom.with { room in
            for path in ["/nowhere", "/class/x", "/js/nowhere.js"] {
                let page = try await room.client.send("GET", path, headers: [("Accept", "text/html,*/*;q=0.8")])
                #expect(page.status == 404 && page.header("Content-Type") == "text/html; charset=utf-8", "\(path)")
                expectRefusal(try await room.client.send("GET", path), 404, .notFound)
            }
            let route = try await room.client.send("GET", "/api/nowhere", headers: [("Accept", "text/html")])
            #expect(route.header("Content-Type") == "application/json; charset=utf-8")
        }
    }

    /// A folder with pages, beside it a secret, in it ways that lead to the secret.
    private static func site(_ configuration: inout HubConfiguration, _ folder: TestFolder) throws {
        try folder.write("the secret", to: "secret.txt")
        let root = URL(fileURLWithPath: folder.file("site"))
        let files = FileManager.default
        try files.createDirectory(at: root.appending(path: "js"), withIntermediateDirectories: true)
        try files.createDirectory(at: root.appending(path: ".git"), withIntermediateDirectories: true)
        for (name, text) in [
            ("index.html", "<!doctype html>start"), ("js/app.js", "1"), (".env", "the secret"),
            (".git/config", "the secret"),
            ("a b.txt", "blank"), ("unknown.xyz", "bytes"),
        ] {
            try Data(text.utf8).write(to: root.appending(path: name))
        }
        try files.createSymbolicLink(atPath: root.path + "/out.txt", withDestinationPath: folder.file("secret.txt"))
        try files.createSymbolicLink(atPath: root.path + "/up", withDestinationPath: folder.path)
        try files.createSymbolicLink(atPath: root.path + "/hidden.txt", withDestinationPath: root.path + "/.env")
        configuration.webRoot = root.path
    }

    @Test(arguments: [
        "/../secret.txt", "/js/../../secret.txt", "/%2e%2e/secret.txt", "/%2E%2E/secret.txt", "/..%2fsecret.txt",
        "/..%2Fsecret.txt", "/js/..%2f..%2fsecret.txt", "/..%5csecret.txt", "/..\\secret.txt", "/....//secret.txt",
        "/%252e%252e/secret.txt", "//secret.txt", "/./secret.txt", "/out.txt", "/up/secret.txt", "/hidden.txt", "/.env",
        "/.git/config", "/%2eenv", "/js/%00", "/js/app.js%00.txt", "/..%c0%af/secret.txt", "/..;/secret.txt",
        "/class/../../secret.txt", "/class/1/../../../secret.txt", "/etc/passwd", "//etc/passwd", "/js", "/js/",
        "/index.html/", "/index.html/x",
    ])
    func `nothing outside of the folder is served, and nothing hidden`(path: String) async throws {
        let folder = try TestFolder()
        try await Classroom.with({ try Self.site(&$0, folder) }) { room in
            for method in ["GET", "HEAD"] {
                let response = try await room.client.send(method, path)
                #expect(response.status == 404 || response.status == 400, "\(response.status)")
                #expect(!response.text.contains("the secret") && !response.text.contains("root:"))
            }
        }
    }

    @Test func `a file has a type, a tag and a time to keep it`() async throws {
        let folder = try TestFolder()
        try await Classroom.with({ try Self.site(&$0, folder) }) { room in
            for (path, type, text) in [
                ("/", "text/html; charset=utf-8", "<!doctype html>start"),
                ("/js/app.js", "text/javascript; charset=utf-8", "1"),
                ("/a%20b.txt", "text/plain; charset=utf-8", "blank"),
                ("/unknown.xyz", "application/octet-stream", "bytes"),
                ("/js/app.js?v=2", "text/javascript; charset=utf-8", "1"),
            ] {
                let response = try await room.client.send("GET", path)
                #expect(response.status == 200, "\(path)")
                #expect(response.text == text)
                #expect(response.header("Content-Type") == type)
                #expect(response.header("ETag")?.wholeMatch(of: /"[0-9a-f]+-[0-9a-f]+"/) != nil)
                #expect(response.header("Cache-Control") != nil)
            }
        }
    }

    @Test func `who has the file already gets 304 without it, until it changes`() async throws {
        let folder = try TestFolder()
        try await Classroom.with({ try Self.site(&$0, folder) }) { room in
            let tag = try #require(try await room.client.send("GET", "/js/app.js").header("ETag"))
            for condition in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let response = try await room.client.send("GET", "/js/app.js", headers: [("If-None-Match", condition)])
                #expect(response.status == 304, "\(condition)")
                #expect(response.body == [])
                #expect(response.header("ETag") == tag)
                #expect(response.header("Content-Length") == nil)
            }
            for condition in ["\"other\"", "other", ""] {
                let response = try await room.client.send("GET", "/js/app.js", headers: [("If-None-Match", condition)])
                #expect(response.status == 200, "\(condition)")
            }
            try Data("22".utf8).write(to: URL(fileURLWithPath: folder.file("site/js/app.js")))
            let changed = try await room.client.send("GET", "/js/app.js", headers: [("If-None-Match", tag)])
            #expect(changed.status == 200)
            #expect(changed.text == "22")
            #expect(changed.header("ETag") != tag)
        }
    }

    @Test func `files are read, not written`() async throws {
        let folder = try TestFolder()
        try await Classroom.with({ try Self.site(&$0, folder) }) { room in
            for method in ["POST", "PUT", "DELETE", "PATCH"] {
                let response = try await room.client.send(method, "/js/app.js", token: room.token(.admin))
                expectRefusal(response, 404, .notFound)
            }
            let missing = try await room.client.send("GET", "/js/missing.js")
            expectRefusal(missing, 404, .notFound)
        }
    }

    @Test func `without a folder there are no pages, and the API works`() async throws {
        try await Classroom.with({ $0.webRoot = nil }) { room in
            for path in ["/", "/class/1", "/index.html"] {
                expectRefusal(try await room.client.send("GET", path), 404, .notFound)
            }
            #expect(try await room.get("/api/auth/me", as: .awa).status == 200)
        }
    }
}
