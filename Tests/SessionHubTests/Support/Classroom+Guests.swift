import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A guest with the link that a host sent, and the token that it gave.
struct Visitor: Sendable {
    let id: Int64
    let link: String
    let token: String

    /// What the link has behind `#code=`.
    var code: JSON { .string(Self.code(of: link)) }

    static func code(of link: String) -> String {
        String(link.split(separator: "#code=").last?.split(separator: "&").first ?? "")
    }
}

extension Classroom {
    static let stranger = "Dr. Ada Okafor"

    func invite(
        _ session: Int64, _ name: JSON = .string(Classroom.stranger), by host: Someone = .teacher,
        _ more: JSONObject = [:]
    ) async throws -> TestResponse {
        var fields: JSONObject = ["name": name]
        for member in more.members { fields[member.name] = member.value }
        return try await post("/api/live-sessions/\(session)/guests", as: host, .object(fields))
    }

    func exchange(_ code: JSON) async throws -> TestResponse {
        try await send("POST", "/api/auth/sign-in-link", json: ["code": code])
    }

    /// Somebody who was invited and has opened the link.
    func visitor(_ session: Int64, _ name: String = Classroom.stranger, _ more: JSONObject = [:]) async throws
        -> Visitor
    {
        let row = try data(await invite(session, .string(name), more), status: 201)
        let link = try #require(row["link"]?.stringValue)
        let answer = try data(await exchange(.string(Visitor.code(of: link))))
        return Visitor(
            id: try #require(row["id"]?.integerValue), link: link, token: try #require(answer["token"]?.stringValue)
        )
    }

    func dismiss(_ guest: Visitor, from session: Int64, erase: Bool = false) async throws -> TestResponse {
        let path = "/api/live-sessions/\(session)/guests/\(guest.id)\(erase ? "?erase=true" : "")"
        return try await delete(path, as: .teacher)
    }
}
