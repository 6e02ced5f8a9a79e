import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

@Suite("Tokens of the platform")
struct TokenServiceTests {
    static let now: Int64 = 1_773_568_800
    let service: TokenService
    let signer: JWTSigner

    init() throws {
        service = try TokenService(secret: TestHub.secret)
        signer = try JWTSigner.hs256(secret: Array(TestHub.secret.utf8))
    }

    static let good: JSONObject = [
        "userId": 7, "email": "awa@school.example", "role": "student", "first_name": "Awa", "last_name": "Ndiaye",
        "iat": .integer(now - 10), "exp": .integer(now + 60),
    ]

    func read(_ claims: JSONObject) throws(HubError) -> Caller {
        guard let token = try? signer.sign(claims) else { throw HubError(.internal) }
        return try service.caller(from: token, nowSeconds: Self.now)
    }

    @Test func `a token of the platform names its person`() throws {
        #expect(
            try read(Self.good)
                == Caller(
                    userID: 7, role: .student, email: "awa@school.example", firstName: "Awa", lastName: "Ndiaye",
                    issuedAt: Timestamp(seconds: Self.now - 10), expiresAt: Timestamp(seconds: Self.now + 60)
                )
        )
    }

    @Test func `names, iat and aud are optional, and an id may be digits`() throws {
        let claims: JSONObject = [
            "userId": "7", "email": "a@b", "role": "admin", "first_name": nil, "exp": .integer(Self.now + 1),
        ]
        #expect(
            try read(claims)
                == Caller(userID: 7, role: .admin, email: "a@b", expiresAt: Timestamp(seconds: Self.now + 1))
        )
        var ours = claims
        ours["aud"] = ["other", "amphi"]
        #expect(try read(ours).userID == 7)
    }

    @Test func `what it mints it reads`() throws {
        let token = try service.mint(
            userID: 9, email: "b@c", role: .instructor, firstName: "Koffi", issuedAt: Self.now, expiresAt: Self.now + 5
        )
        #expect(
            try service.caller(from: token, nowSeconds: Self.now)
                == Caller(
                    userID: 9, role: .instructor, email: "b@c", firstName: "Koffi",
                    issuedAt: Timestamp(seconds: Self.now), expiresAt: Timestamp(seconds: Self.now + 5)
                )
        )
    }

    @Test func `a service has no person`() throws {
        let token = try service.mint(
            userID: 0, email: "", role: .service, service: "lms", issuedAt: Self.now, expiresAt: Self.now + 5
        )
        let caller = try service.caller(from: token, nowSeconds: Self.now)
        #expect(caller.userID == 0 && caller.role == .service && caller.isAdministrator)
    }

    @Test(
        arguments: [
            ("userId", nil), ("userId", 0), ("userId", -7), ("userId", 7.0), ("userId", "7a"), ("userId", ""),
            ("userId", "99999999999999999999"), ("userId", true), ("userId", .null),
            ("email", nil), ("email", 7), ("email", ""), ("email", "nobody"), ("email", "a@b@c"), ("email", "a b@c"),
            ("role", nil), ("role", "root"), ("role", 1), ("first_name", 7), ("last_name", ["x"]),
            ("first_name", "a\u{0}b"), ("iat", "yesterday"), ("exp", "tomorrow"), ("aud", 7), ("channel", 3),
        ] as [(String, JSON?)])
    func `a claim that cannot be used is named`(claim: String, value: JSON?) throws {
        var claims = Self.good
        claims[claim] = value
        let error = #expect(throws: HubError.self) { try read(claims) }
        #expect(error?.code == .unauthenticated)
        #expect(error?.message(in: .english).contains("claim \(claim) ") == true)
    }

    @Test(
        arguments: [
            ("exp", nil, ErrorCode.unauthenticated), ("exp", .integer(now), .tokenExpired),
            ("exp", .integer(now - 1), .tokenExpired), ("nbf", .integer(now + 61), .unauthenticated),
            ("iat", .integer(now + 61), .unauthenticated), ("aud", "mdsc-app", .unauthenticated),
            ("aud", ["x", "y"], .unauthenticated), ("aud", "amphi:channel", .unauthenticated),
        ] as [(String, JSON?, ErrorCode)])
    func `time and audience are checked`(claim: String, value: JSON?, code: ErrorCode) throws {
        var claims = Self.good
        claims[claim] = value
        let error = #expect(throws: HubError.self) { try read(claims) }
        #expect(error?.code == code)
    }

    // Found from outside, no. 18
    @Test func `nbf and iat may be ahead by a minute, and no more`() throws {
        for claim in ["nbf", "iat"] {
            for (ahead, isTaken) in [(0, true), (60, true), (61, false), (300, false)] as [(Int64, Bool)] {
                var claims = Self.good
                claims[claim] = .integer(Self.now + ahead)
                #expect(((try? read(claims)) != nil) == isTaken, "\(claim) + \(ahead)")
            }
        }
    }

    // Found from outside, no. 18
    @Test func `a token is as old as it says, also one from a clock that is ahead`() throws {
        for ahead in [-10, 0, 1, 2, 60] as [Int64] {
            var claims = Self.good
            claims["iat"] = .integer(Self.now + ahead)
            #expect(try read(claims).issuedAt == Timestamp(seconds: Self.now + ahead))
        }
    }

    @Test(arguments: ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", String(repeating: "a", count: 9000)])
    func `what is no token of ours is refused`(token: String) {
        let error = #expect(throws: HubError.self) { try service.caller(from: token, nowSeconds: Self.now) }
        #expect(error?.code == .unauthenticated)
    }

    @Test func `a token of another key is refused`() throws {
        let other = try TokenService(secret: "another-secret-that-is-long-enough").mint(
            userID: 7, email: "a@b", role: .admin, issuedAt: Self.now, expiresAt: Self.now + 5
        )
        let error = #expect(throws: HubError.self) { try service.caller(from: other, nowSeconds: Self.now) }
        #expect(error?.code == .unauthenticated)
    }

    @Test func `defect 3: a Jitsi token never works as an API token, not even with the same key`() throws {
        var claims = Self.good
        claims["room"] = "mdsc-course-1-session-1-0"
        let error = #expect(throws: HubError.self) { try read(claims) }
        #expect(error?.code == .unauthenticated)
    }

    @Test func `a channel token names its session`() throws {
        let clock = HubClock { Timestamp(seconds: Self.now) }
        let token = try ChannelTokens(tokens: service, clock: clock).mint(
            userID: 7, email: "a@b", role: .student, session: 3, expiresAt: Timestamp(seconds: Self.now + 60)
        )
        #expect(
            try service.caller(from: token, nowSeconds: Self.now)
                == Caller(
                    userID: 7, role: .student, email: "a@b", issuedAt: Timestamp(seconds: Self.now),
                    expiresAt: Timestamp(seconds: Self.now + 60), channelSession: 3
                )
        )
    }
}
