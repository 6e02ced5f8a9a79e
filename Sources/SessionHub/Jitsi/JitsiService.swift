import StrictJSON
import Tokens

/// Decides the name of a class's room, who enters it as what, and until when.
///
/// A token says what the hub knows of the person (`SessionAccess`), never what a request asks for, and it lasts ten
/// minutes, whatever the timetable says: Jitsi checks it only when a client connects.
struct JitsiService: Sendable {
    /// For how many seconds a token may be used after it was made, and for how many it is valid before that moment,
    /// because Prosody allows no difference of clocks.
    private static let (lifetime, clockDifference): (Int64, Int64) = (600, 30)
    /// The longest name in characters, and the longest address of an avatar in bytes.
    private static let (longestName, longestAvatar) = (512, 1024)

    let configuration: JitsiConfiguration
    private let signer: JWTSigner?

    init(_ configuration: JitsiConfiguration) throws(TokenError) {
        self.configuration = configuration
        if let secret = configuration.appSecret {
            signer = try JWTSigner.hs256(secret: Array(secret.utf8))
        } else {
            signer = nil
        }
    }

    var serverURL: String { configuration.serverURL }

    // MARK: - Rooms

    /// `{prefix}-course-{course}-session-{session}-{32 hex}`: readable, and with 128 bits that nobody can guess.
    func generateRoomName(course: Int64, session: Int64) -> String {
        let hash = SHA256.hash(Array("\(course):\(session):".utf8) + Random.bytes(32))
        return "\(configuration.roomPrefix)-course-\(course)-session-\(session)-\(Hex.encode(Array(hash.prefix(16))))"
    }

    func generateRoomPassword() -> String { Base32.encode(Random.bytes(16)) }

    // MARK: - Tokens

    /// A token for one person and one room, or nil with a profile that signs none.
    func generateJWT(
        room: String, user: Person, email: String, isModerator: Bool, mayRecord: Bool, now: Timestamp
    ) throws(TokenError) -> (token: String, expiresAt: Timestamp)? {
        guard let signer else { return nil }
        let expiresAt = Timestamp(seconds: now.seconds + Self.lifetime)
        let room = configuration.address.room(room)
        let claims: JSONObject = [
            "aud": .string(configuration.audience),
            "iss": .string(configuration.appID),
            "sub": .string(room.sub),
            "room": .string(room.claim),
            "iat": .integer(now.seconds),
            "nbf": .integer(now.seconds - Self.clockDifference),
            "exp": .integer(expiresAt.seconds),
            "context": [
                "user": Self.user(user, email: email, isModerator: isModerator),
                "features": Self.features(isModerator: isModerator, mayRecord: mayRecord),
            ],
        ]
        return (try signer.sign(claims), expiresAt)
    }

    /// The claims of a token that this configuration made; refuses every token of another key, audience, issuer or
    /// purpose.
    func verifyJWT(_ token: String, nowSeconds: Int64) throws(TokenError) -> JSONObject {
        guard let signer else { throw .unknownKey }
        let expectation = ClaimExpectation(
            audience: [configuration.audience], requiresAudience: true, issuer: configuration.appID
        )
        let claims = try signer.verifier.verify(token, now: nowSeconds, expectation: expectation)
        guard claims["room"]?.stringValue != nil else { throw .missingClaim("room") }
        return claims
    }

    /// All values are strings, and what is not known is left out: Prosody refuses `null`. Affiliation and moderator say
    /// the same to the two modules that read them.
    /// A token may have 8 KiB, so that what people wrote is cut: a long name is better than no way in.
    private static func user(_ person: Person, email: String, isModerator: Bool) -> JSON {
        let avatar = person.avatar.flatMap { $0.utf8.count <= longestAvatar ? $0 : nil }
        let known = [
            ("name", JitsiText.clean(person.name.limited(to: longestName))), ("email", JitsiText.clean(email)),
            ("avatar", JitsiText.clean(avatar ?? "")),
        ].filter { !$0.1.isEmpty }
        var user = JSONObject([("id", .string(String(person.id))), ("name", .string("#\(person.id)"))])
        for (name, text) in known { user[name] = .string(text) }
        user["affiliation"] = .string(isModerator ? "owner" : "member")
        user["moderator"] = .string(isModerator ? "true" : "false")
        return .object(user)
    }

    /// The features are set explicitly for everybody, because a moderator without any gets them all.
    private static func features(isModerator: Bool, mayRecord: Bool) -> JSON {
        [
            "recording": .bool(isModerator && mayRecord),
            "livestreaming": false,
            "transcription": false,
            "screen-sharing": true,
            "send-groupchat": true,
            "send-private-message": .bool(isModerator),
            "create-polls": .bool(isModerator),
            "file-upload": .bool(isModerator),
            "outbound-call": false,
            "sip-outbound-call": false,
        ]
    }
}
