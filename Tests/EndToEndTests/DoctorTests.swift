import Foundation
import TestSupport
import Testing

@testable import amphi

/// What `amphi doctor` says of Jitsi: it has asked.
@Suite("The executable: doctor and Jitsi", .timeLimit(.minutes(3)))
struct DoctorTests {
    private static let script = "var x={};x.JitsiMeetExternalAPI=function(){};"

    /// - Parameter ahead: seconds by which the server's clock differs from ours; nil tells no time. The date itself is
    ///   put in when the server is made: the arguments of a test are made long before it runs.
    private static func answer(
        _ body: String = script, status: String = "200 OK", ahead: Int? = 0, more: String = ""
    ) -> String {
        let line = ahead.map { "Date: \(now)\($0)\r\n" } ?? ""
        return "HTTP/1.1 \(status)\r\n\(line)\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let now = "NOW+"

    private static func dated(_ answer: String) -> String {
        guard let mark = answer.firstMatch(of: /NOW\+(-?\d+)/), let ahead = Double(mark.1) else { return answer }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return answer.replacing(mark.0, with: format.string(from: Date(timeIntervalSinceNow: ahead)))
    }

    private func examine(
        _ server: String, _ more: [String: String] = [:], in folder: TestFolder? = nil
    ) async throws -> HubProcess.Result {
        let folder = try folder ?? TestFolder()
        let settings = ["JITSI_SERVER_URL": server, "JITSI_APP_SECRET": "jX5vQ8rT2nL9wK4pZ7mC3bH6gF1dS0aY"]
        return try await HubProcess.run(
            "amphi", ["doctor"], environment: HubProcess.environment(folder, settings.merging(more) { $1 }), in: folder
        )
    }

    private func lines(_ start: String, _ result: HubProcess.Result) -> [Substring] {
        result.output.split(separator: "\n").filter { $0.hasPrefix(start) && $0.contains("127.0.0.1") }
    }

    // Found from outside, no. 33
    @Test func `a Jitsi that answers with its script and our time is good`() async throws {
        let server = try ScriptedServer(Self.dated(Self.answer()))
        let result = try await examine("http://127.0.0.1:\(server.port)/tenant", ["JITSI_DOMAIN": "meet.jitsi"])
        #expect(result.ending == .exit(0), "\(result.output)")
        #expect(lines("ok", result).count == 2, "\(result.output)")
        #expect(result.output.contains("is Jitsi's IFrame API") && result.output.contains("the clock agrees"))
        #expect(result.output.contains("XMPP_DOMAIN=meet.jitsi"))
    }

    // Found from outside, no. 33
    @Test(
        arguments: [
            (answer("<!doctype html><title>Welcome to nginx!</title>"), "is no script of Jitsi's"),
            (answer("<html>JitsiMeetExternalAPI", more: "Content-Type: text/html\r\n"), "is a page and no script"),
            (answer("", status: "404 Not Found"), "answers 404"),
            (
                answer("", status: "301 Moved", more: "Location: https://meet.example.org/\r\n"),
                "to https://meet.example.org/"
            ),
            (answer(ahead: -3600), "s ahead of"),
            (answer(ahead: 3600), "s behind"),
            ("SSH-2.0-OpenSSH_9.2\r\n", "not with HTTP"), ("", "gives no answer"), (nil, "gives no answer"),
        ] as [(String?, String)])
    func `whatever else answers is a problem, in words`(answer: String?, words: String) async throws {
        let server = try ScriptedServer(answer.map(Self.dated))
        let result = try await examine("http://127.0.0.1:\(server.port)")
        #expect(result.ending == .exit(1), "\(result.output)")
        let problems = lines("PROBLEM", result)
        #expect(problems.count == 1 && problems.first?.contains(words) == true, "\(result.output)")
    }

    // Found from outside, no. 33
    @Test func `a certificate without its key is found before the hub is started with it`() async throws {
        let folder = try TestFolder()
        let certificate = try TestCertificate("doctor", in: folder)
        let server = try ScriptedServer(Self.dated(Self.answer()))
        for (key, ending) in [(certificate.keyPath, 0), (certificate.path, 1)] as [(String, Int32)] {
            let result = try await examine(
                "http://127.0.0.1:\(server.port)",
                ["AMPHI_TLS_CERT": certificate.path, "AMPHI_TLS_KEY": key])
            #expect(result.ending == .exit(ending), "\(result.output)")
            #expect(result.output.contains(ending == 0 ? "are a certificate and its key" : "cannot be used: both"))
        }
    }

    // Found from outside, no. 1
    @Test func `a certificate that has expired, or is not valid yet, is a problem`() async throws {
        let folder = try TestFolder()
        let certificate = try TestCertificate("doctor", in: folder)
        let clock = try MachineClock(folder)
        let keys = ["AMPHI_TLS_CERT": certificate.path, "AMPHI_TLS_KEY": certificate.keyPath]
        for (days, words) in [(-1, "is not valid yet"), (3, "has expired")] as [(Int64, String)] {
            try clock.set(seconds: days * 86_400)
            let result = try await examine("http://127.0.0.1:1", keys.merging(clock.environment) { $1 }, in: folder)
            #expect(result.output.contains("PROBLEM  \(certificate.path) \(words)"), "\(result.output)")
        }
    }

    // Found from outside, no. 33
    @Test(arguments: [
        ("[::1]", "AMPHI_HOST [::1] is not known"), ("999.1.1.1", "AMPHI_HOST 999.1.1.1 is not known"),
        ("/tmp/x", "AMPHI_HOST /tmp/x is not known"), ("203.0.113.7", "is no address of this machine"),
        ("127.0.0.1", nil), ("localhost", nil),
    ])
    func `a host on which the hub could not listen is a problem`(host: String, words: String?) async throws {
        let server = try ScriptedServer(Self.dated(Self.answer()))
        let result = try await examine("http://127.0.0.1:\(server.port)", ["AMPHI_HOST": host])
        #expect(result.ending == .exit(words == nil ? 0 : 1), "\(result.output)")
        if let words { #expect(result.output.contains("PROBLEM  ") && result.output.contains(words)) }
    }

    // Found from outside, no. 33
    @Test func `a server that tells no time is a warning`() async throws {
        let server = try ScriptedServer(Self.dated(Self.answer(ahead: nil)))
        let result = try await examine("http://127.0.0.1:\(server.port)")
        #expect(result.ending == .exit(0))
        #expect(lines("warning", result).first?.contains("does not tell its time") == true, "\(result.output)")
    }

    // Found from outside, no. 33
    @Test(arguments: [nil, "link-only"] as [String?])
    func `a server that does not resolve, or where nobody listens, is a problem`(profile: String?) async throws {
        let more = profile.map { ["JITSI_PROFILE": $0] } ?? [:]
        let unknown = try await examine("https://meet.school.invalid", more)
        #expect(unknown.ending == .exit(1))
        #expect(unknown.output.contains("PROBLEM  https://meet.school.invalid: no such host is known"))
        let closed = try await examine("http://127.0.0.1:1", more)
        #expect(closed.ending == .exit(1))
        #expect(closed.output.contains("PROBLEM  http://127.0.0.1:1 cannot be reached"), "\(closed.output)")
    }

    // Found from outside, no. 33
    @Test func `over TLS a certificate must be trusted and be the server's own`() async throws {
        let folder = try TestFolder()
        let certificate = try TestCertificate("jitsi", in: folder)
        let pages = folder.file("pages")
        try FileManager.default.createDirectory(atPath: pages, withIntermediateDirectories: true)
        try folder.write("<!doctype html>", to: "pages/index.html")
        try folder.write(Self.script, to: "pages/external_api.js")
        let (process, port) = try await HubProcess.serve(
            folder,
            [
                "AMPHI_TLS_CERT": certificate.path, "AMPHI_TLS_KEY": certificate.keyPath, "AMPHI_WEB_ROOT": pages,
            ]
        )
        let untrusted = try await examine("https://localhost:\(port)")
        #expect(untrusted.ending == .exit(1))
        #expect(untrusted.output.contains("PROBLEM  https://localhost:\(port) has no certificate that this machine"))
        let trust = ["SSL_CERT_FILE": certificate.path]
        let trusted = try await examine("https://localhost:\(port)", trust)
        #expect(trusted.ending == .exit(0), "\(trusted.output)")
        #expect(trusted.output.contains("ok       https://localhost:\(port)/external_api.js is Jitsi's IFrame API"))
        let another = try await examine("https://127.0.0.1:\(port)", trust)
        #expect(another.ending == .exit(1) && another.output.contains("mismatch"), "\(another.output)")
        let plain = try await examine("http://localhost:\(port)", trust)
        #expect(plain.ending == .exit(1) && plain.output.contains("PROBLEM  http://localhost:\(port)"))
        try await process.stop()
    }

    // Found from outside, no. 33
    @Test(arguments: [
        ("JITSI_SERVER_URL", "meet.example.org"), ("JITSI_SERVER_URL", "https://meet.example.org/?room=x"),
        ("JITSI_SERVER_URL", "https://meet.example.org#x"), ("JITSI_SERVER_URL", "https://me@meet.example.org"),
        ("JITSI_SERVER_URL", "https://meet.example.org/a/b"), ("JITSI_SERVER_URL", "https://meet example.org"),
        ("JITSI_DOMAIN", "https://meet.example.org"), ("JITSI_DOMAIN", "meet.example.org:8443"),
        ("JITSI_DOMAIN", "meet example.org"),
    ])
    func `a value that cannot be used is refused at the start and by the doctor`(key: String, value: String)
        async throws
    {
        let folder = try TestFolder()
        for command in ["serve", "doctor"] {
            let result = try await HubProcess.run(
                "amphi", [command], environment: HubProcess.environment(folder, [key: value]), in: folder
            )
            #expect(result.ending == .exit(1))
            #expect(result.errors.contains("\(key) ") && !result.output.contains("listening"), "\(result.errors)")
        }
    }

    @Test(
        arguments: [
            (100, 101, 100, 0), (100, 101, 99, 0), (100, 110, 105, 0), (100, 100, 98, 1), (100, 102, 103, -1),
            (100, 102, 202, -100), (3700, 3701, 100, 3599),
        ] as [(Int64, Int64, Int64, Int64)])
    func `a difference of clocks is what the question's own time does not explain`(
        begin: Int64, end: Int64, theirs: Int64, ahead: Int64
    ) {
        #expect(JitsiVisit.secondsAhead(begin: begin, end: end, theirs: theirs) == ahead)
    }
}
