import Logging
import SessionHub
import StrictJSON

/// The way of a command into a database: the routes of the hub that serves it, or the same routes in this process when
/// none does. Either way a command sends requests and reads envelopes, as a service of the platform would.
struct HubDoor {
    private enum Way {
        case running(HubClient.Place)
        case here(HubApplication)
    }

    /// How long a token lasts: long enough for the longest import, and so short that it is worth nothing to whoever
    /// finds it later.
    private static let tokenSeconds: Int64 = 300
    private static let longestAnswer = JSONLimits(maxBytes: 64 * 1024 * 1024)

    private let way: Way
    private let tokens: TokenService

    /// Runs `body` with the door to the configuration's database, which it makes when it is missing.
    static func with<Value>(
        _ configuration: HubConfiguration, _ body: (HubDoor) async throws -> Value
    ) async throws -> Value {
        do {
            let application = try await HubApplication(
                configuration: configuration, joins: false,
                logger: .command(max(configuration.logLevel, .warning))
            )
            defer { try? application.close() }
            return try await body(HubDoor(way: .here(application), tokens: application.tokens))
        } catch is HubDatabase.InUse {
            return try await body(try running(configuration))
        }
    }

    /// The door of the hub that serves the configuration's database now.
    static func running(_ configuration: HubConfiguration) throws -> HubDoor {
        try HubDoor(at: .socket(configuration.controlSocket), configuration)
    }

    /// The door of a hub elsewhere that has the same JWT_SECRET.
    init(at place: HubClient.Place, _ configuration: HubConfiguration) throws {
        guard let secret = configuration.jwtSecret else {
            throw ConfigurationError("JWT_SECRET is not set: the hub must know who asks.")
        }
        self.init(way: .running(place), tokens: try TokenService(secret: secret))
    }

    private init(way: Way, tokens: TokenService) {
        self.way = way
        self.tokens = tokens
    }

    /// A request with a JSON body; see `send(_:_:type:body:)`.
    @discardableResult
    func send(_ method: String, _ target: String, _ json: JSON? = nil) async throws -> JSON {
        try await send(method, target, type: "application/json", body: json?.encoded() ?? [])
    }

    /// Sends a request as the service `amphi`, and returns `data` of its answer's envelope. Throws a `Refusal`.
    @discardableResult
    func send(_ method: String, _ target: String, type: String, body: [UInt8]) async throws -> JSON {
        let now = HubClock().wallSeconds
        let token = try tokens.mint(
            userID: 0, email: "", role: .service, service: "amphi", issuedAt: now, expiresAt: now + Self.tokenSeconds
        )
        let answer =
            switch way {
            case .running(let place):
                try HubClient.exchange(method, target, token: token, type: type, body: body, to: place)
            case .here(let application):
                await application.answer(method, target, token: token, type: type, body: body)
            }
        guard let envelope = try? JSON.parse(answer.body, limits: Self.longestAnswer) else {
            throw HubClient.Unreachable(description: "what answers there is no hub.")
        }
        guard (200..<300).contains(answer.status) else { throw Refusal(envelope) }
        return envelope["data"] ?? .null
    }

    /// The person with this e-mail address. Throws a `Refusal` when there is none.
    func person(_ email: String) async throws -> JSON {
        let found = try await send("GET", "/api/users?email=\(Self.escaped(email))")
        // The addresses are compared here as well, because an older hub does not know the filter.
        let person = found.arrayValue?.first { Email.key($0["email"]?.stringValue ?? "") == Email.key(email) }
        guard let person else {
            throw Refusal(sentences: ["there is nobody with the e-mail address \(email): amphi user add \(email)"])
        }
        return person
    }

    /// Escapes a text for a query: everything but the unreserved characters of RFC 3986.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(byte))
            return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// What the hub answered to a command that it did not take, as sentences for a terminal.
struct Refusal: Error {
    let sentences: [String]

    init(sentences: [String]) { self.sentences = sentences }

    init(_ envelope: JSON) {
        let sentence = envelope["error"]?.stringValue ?? "the hub refused."
        let hint =
            envelope["code"]?.stringValue == "unauthenticated"
            ? ["is JWT_SECRET here the one with which the hub was started?"] : []
        sentences = [sentence] + hint + ImportReport.sentences(of: envelope["errors"]?.arrayValue ?? [])
    }
}
