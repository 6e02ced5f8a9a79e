import Foundation
package import SessionHub
package import StrictJSON

/// A hub that tests talk to over its sockets: one in this process (`TestHub`), or an executable's (`RunningHub`).
package protocol ReachableHub: Sendable {
    var port: UInt16 { get }
    /// The certificate of a hub that speaks TLS: a PEM file, and nothing else is trusted. Nil: the hub speaks plainly.
    var trusting: String? { get }
}

/// The hub of a process that was started with `HubProcess.environment`.
package struct RunningHub: ReachableHub {
    package let port: UInt16
    package let trusting: String?

    package init(port: UInt16, trusting: String? = nil) {
        self.port = port
        self.trusting = trusting
    }
}

extension TestHub {
    package static func channelPath(_ session: Int64) -> String { "/api/live-sessions/\(session)/channel" }
    package static func email(_ user: Int64) -> String { "user\(user)@school.example" }
}

extension ReachableHub {
    package var trusting: String? { nil }
    package var http: HTTPTestClient { HTTPTestClient(port: port, trusting: trusting) }

    /// The machine's time.
    package var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    // MARK: - Tokens

    /// As the platform would mint it.
    ///
    /// - Parameter lifetime: seconds from now; negative for one that has expired.
    package func token(
        _ user: Int64, role: Caller.Role = .student, email: String? = nil, lifetime: Int64 = 3600
    ) throws -> String {
        let now = now.seconds
        return try TokenService(secret: TestHub.secret).mint(
            userID: user, email: email ?? TestHub.email(user), role: role, issuedAt: min(now, now + lifetime),
            expiresAt: now + lifetime
        )
    }

    /// Of a service of the platform: may use the Directory and manage sessions.
    package func serviceToken() throws -> String {
        let now = now.seconds
        return try TokenService(secret: TestHub.secret).mint(
            userID: 0, email: "", role: .service, service: "tests", issuedAt: now, expiresAt: now + 3600
        )
    }

    // MARK: - Channels

    /// A connection to the session's channel that has not said hello.
    package func open(
        _ session: Int64, headers: [(String, String)] = [], subprotocol: String? = "amphi.v1",
        receiveBuffer: Int32? = nil
    ) async throws -> WebSocketTestClient {
        try await WebSocketTestClient.open(
            port: port, path: TestHub.channelPath(session), headers: headers, subprotocol: subprotocol,
            receiveBuffer: receiveBuffer, trusting: trusting
        )
    }

    /// A connection past its welcome. It closes when nobody holds the client any more.
    package func join(
        _ session: Int64, as person: TestPerson, resume: (seq: Int64, epoch: String)? = nil, receiveBuffer: Int32? = nil
    ) async throws -> (client: WebSocketTestClient, welcome: JSON) {
        let client = try await open(session, receiveBuffer: receiveBuffer)
        return (client, try await client.hello(person.token, resume: resume))
    }
}
