import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// AMPHI_PUBLIC_URL with a path: every answer as a browser behind a proxy sees it.
@Suite("Under a path", .timeLimit(.minutes(5)))
struct BasePathTests {
    private static func with(_ body: (Classroom) async throws -> Void) async throws {
        try await Classroom.with({ $0.publicURL = "https://school.example/live/" }, body)
    }

    // Found from outside, no. 41
    @Test func `pages, files and routes answer with the path and without it`() async throws {
        try await Self.with { room in
            for path in [
                "/", "/sign-in", "/class/1", "/course/1/links", "/admin", "/js/page.js", "/css/amphi.css", "/livez",
            ] {
                let cut = try await room.client.send("GET", path)
                let passed = try await room.client.send("GET", "/live\(path)")
                #expect(cut.status == 200 && passed.status == 200, "\(path)")
                #expect(cut.body == passed.body, "\(path)")
            }
            #expect(try await room.client.send("GET", "/live").status == 200)
            #expect(try data(await room.get("/live/api/auth/me", as: .awa))["id"] == .integer(Someone.awa.id))
            expectRefusal(try await room.client.send("GET", "/live/api/auth/me"), 401, .unauthenticated)
            expectRefusal(try await room.client.send("GET", "/live/live/api/config"), 404, .notFound)
            expectRefusal(try await room.client.send("GET", "/lively/api/config"), 404, .notFound)
            let preflight = try await room.client.send(
                "OPTIONS", "/live/api/live-sessions",
                headers: [("Origin", "https://school.example"), ("Access-Control-Request-Method", "POST")])
            #expect(preflight.status == 204)
        }
    }

    // Found from outside, no. 41
    @Test func `every link of a page lies under the path, and is there`() async throws {
        try await Self.with { room in
            for page in ["/", "/sign-in", "/account", "/course/1/links", "/class/1", "/admin", "/nowhere"] {
                let text = try await room.client.send("GET", "/live\(page)", headers: [("Accept", "text/html")]).text
                let links = text.matches(of: /(?:src|href)="(\/[^"#?]*)"/).map { String($0.1) }
                #expect(links.count > 2, "\(page)")
                for link in Set(links) {
                    #expect(link.hasPrefix("/live/"), "\(page): \(link)")
                    #expect(try await room.client.send("GET", link).status == 200, "\(page): \(link)")
                }
            }
        }
    }

    // Found from outside, no. 41
    @Test func `a copy from another path is not taken for this one`() async throws {
        var tags: [String] = []
        for url in [nil, "https://school.example/live", "https://school.example/other"] {
            try await Classroom.with({ $0.publicURL = url }) { room in
                let page = try await room.client.send("GET", "/", headers: tags.map { ("If-None-Match", $0) })
                #expect(page.status == 200)
                let tag = try #require(page.header("ETag"))
                tags.append(tag)
                let again = try await room.client.send("GET", "/", headers: [("If-None-Match", tag)])
                #expect(again.status == 304)
            }
        }
        #expect(Set(tags).count == 3)
    }

    // Found from outside, no. 41
    @Test func `the channel opens under the path, for its own origin`() async throws {
        try await TestHub.with({ $0.publicURL = "https://school.example/live" }) { hub in
            let room = try await hub.testCourse(students: 1)
            for base in ["", "/live"] {
                let client = try await WebSocketTestClient.open(
                    port: hub.port, path: base + TestHub.channelPath(room.session),
                    headers: [("Origin", "https://school.example")], subprotocol: "amphi.v1", receiveBuffer: nil,
                    trusting: nil)
                let welcome = try await client.hello(room.student.token)
                #expect(welcome["seq"] != nil)
            }
        }
    }

    // Found from outside, no. 41
    @Test(arguments: [
        "https://school.example", "https://school.example/", "https://school.example/live",
        "https://school.example/live/",
        "http://school.example:8080/a/b-c/d_e.f~1", "https://[2001:db8::1]/live",
    ])
    func `a public address may have a path`(url: String) { #expect(PublicAddress.problem(with: url) == nil) }

    // Found from outside, no. 41
    @Test(arguments: [
        "school.example/live", "https://school.example/live?x=1", "https://school.example/live#top",
        "https://school.example?x", "https://school.example//live", "https://school.example/a//b",
        "https://school.example/../live", "https://school.example/a/./b", "https://school.example/a b",
        "https://school.example/%6Cive", "https://school.example/\"onload=", "https://school.example/école",
        "https://school.example/js", "https://school.example/css/live",
    ])
    func `a part that links would carry and pages would not is refused`(url: String) {
        #expect(PublicAddress.problem(with: url) != nil)
    }
}
