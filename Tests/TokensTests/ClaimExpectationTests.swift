import StrictJSON
import Testing
import Tokens

@Suite struct ClaimExpectationTests {
    private let signer: JWTSigner

    init() throws { signer = try .hs256(secret: Array("claims".utf8)) }

    private func refusal(
        _ claims: JSONObject, now: Int64 = 1000, leeway: Int64 = 0, _ expectation: ClaimExpectation = .none
    ) throws -> TokenError? {
        signer.verifier.refusal(of: try signer.sign(claims), now: now, leeway: leeway, expectation: expectation)
    }

    private static let expiries: [(exp: JSON, now: Int64, leeway: Int64, refusal: TokenError?)] = [
        (1000, 999, 0, nil), (1000, 1000, 0, .expired(at: 1000)), (1000, 1001, 0, .expired(at: 1000)),
        (1000, 1004, 5, nil), (1000, 1005, 5, .expired(at: 1000)),
        (1000.5, 1000, 0, nil), (1000.5, 1001, 0, .expired(at: 1001)), (.number(1000), 1000, 0, .expired(at: 1000)),
        (1e3, 999, 0, nil), (0, 0, 0, .expired(at: 0)), (-5, 0, 0, .expired(at: -5)), (-5, -6, 0, nil),
        (.integer(1 << 53), 1 << 52, 1 << 53, nil), (1000, .max, 0, .expired(at: 1000)), (1000, .min, 0, nil),
    ]

    @Test(arguments: expiries)
    func `a token expires in the second that exp names, plus the leeway`(
        exp: JSON, now: Int64, leeway: Int64, refusal: TokenError?
    ) throws {
        #expect(try self.refusal(["exp": exp], now: now, leeway: leeway) == refusal)
    }

    private static let starts: [(nbf: JSON, now: Int64, leeway: Int64, refusal: TokenError?)] = [
        (1000, 999, 0, .notYetValid), (1000, 1000, 0, nil), (1000, 995, 5, nil), (1000, 994, 5, .notYetValid),
        (1000.5, 1000, 0, .notYetValid), (1000.5, 1001, 0, nil), (.integer(-(1 << 53)), .min, 1 << 53, .notYetValid),
        (1000, .max, 0, nil),
    ]

    @Test(arguments: starts)
    func `a token starts in the second that nbf names, less the leeway`(
        nbf: JSON, now: Int64, leeway: Int64, refusal: TokenError?
    ) throws {
        #expect(try self.refusal(["nbf": nbf], now: now, leeway: leeway) == refusal)
    }

    @Test(arguments: ["exp", "nbf", "iat"])
    func `a date that is no number, or far beyond any date, is refused`(name: String) throws {
        let values: [JSON] = [
            nil, true, "2000", [], [2000], [:], 1e300, -1e300, .integer(.max), .integer(.min), .integer(1 << 54),
        ]
        for value in values {
            #expect(try refusal(JSONObject([(name, value)])) == .badClaim(name), "\(value.text)")
        }
    }

    @Test func `iat is checked for its type and not for its time`() throws {
        #expect(try refusal(["iat": 5000], now: 1000) == nil)
    }

    @Test func `a token without exp is refused unless the caller says otherwise`() throws {
        #expect(try refusal([:], ClaimExpectation(audience: nil)) == .missingClaim("exp"))
        #expect(try refusal([:], ClaimExpectation(audience: nil, requiresExpiry: false)) == nil)
    }

    private static let audiences: [(aud: JSON?, refusal: TokenError?, whenRequired: TokenError?)] = [
        (nil, nil, .missingClaim("aud")), ("amphi", nil, nil), (["x", "amphi"], nil, nil), (["hub"], nil, nil),
        ("x", .wrongAudience, .wrongAudience), ("Amphi", .wrongAudience, .wrongAudience),
        ("", .wrongAudience, .wrongAudience), ([], .wrongAudience, .wrongAudience),
        (["x"], .wrongAudience, .wrongAudience), (["amphi", 1], .badClaim("aud"), .badClaim("aud")),
        (1, .badClaim("aud"), .badClaim("aud")), (.null, .badClaim("aud"), .badClaim("aud")),
        (["amphi": true], .badClaim("aud"), .badClaim("aud")),
    ]

    @Test(arguments: audiences)
    func `an audience, string or array, must name us when it is there`(
        aud: JSON?, refusal: TokenError?, whenRequired: TokenError?
    ) throws {
        var claims: JSONObject = ["exp": 2000]
        claims["aud"] = aud
        var expectation = ClaimExpectation(audience: ["amphi", "hub"])
        #expect(try self.refusal(claims, expectation) == refusal)
        expectation.requiresAudience = true
        #expect(try self.refusal(claims, expectation) == whenRequired)
    }

    @Test func `without an audience of ours any well-formed aud is taken, and none when the list is empty`() throws {
        #expect(try refusal(["aud": "anybody"]) == nil)
        #expect(try refusal(["aud": 1]) == .badClaim("aud"))
        #expect(
            try refusal(["aud": "anybody"], ClaimExpectation(audience: [], requiresExpiry: false)) == .wrongAudience)
    }

    @Test func `the issuer must be the expected one`() throws {
        let expectation = ClaimExpectation(audience: nil, issuer: "platform", requiresExpiry: false)
        #expect(try refusal(["iss": "platform"], expectation) == nil)
        #expect(try refusal(["iss": "other"], expectation) == .wrongIssuer)
        #expect(try refusal([:], expectation) == .missingClaim("iss"))
        #expect(try refusal(["iss": 1], expectation) == .badClaim("iss"))
        #expect(try refusal(["iss": ["platform"]]) == .badClaim("iss"))
        #expect(try refusal(["iss": "anybody"]) == nil)
    }
}
