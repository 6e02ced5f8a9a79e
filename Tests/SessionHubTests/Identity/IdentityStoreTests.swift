import TestSupport
import Testing

@testable import Database
@testable import SessionHub

@Suite("The Directory's word on a caller")
struct IdentityStoreTests {
    static let early = Classroom.ten.seconds - 100

    func caller(
        _ id: Int64, _ role: Caller.Role = .student, email: String = "awa@school.example", first: String = "Awa",
        issuedAt: Int64? = early, channel: Int64? = nil
    ) -> Caller {
        Caller(
            userID: id, role: role, email: email, firstName: first, lastName: "Ndiaye",
            issuedAt: issuedAt.map(Timestamp.init(seconds:)), expiresAt: Classroom.ten + 60_000,
            channelSession: channel
        )
    }

    func seen(_ caller: Caller, _ hub: Classroom) async throws -> Caller {
        let identities = hub.identities
        return try await hub.application.journal.write {
            try identities.resolve(caller, in: $0) ?? identities.upsert(caller, in: $0)
        }
    }

    @Test func `a person whom a valid token names is created on first sight`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let awa = caller(7)
            let unknown = try await hub.application.database.read { try hub.identities.resolve(awa, in: $0) }
            #expect(unknown == nil)
            #expect(try await seen(awa, hub) == awa)
            let known = try await hub.application.database.read { try hub.identities.resolve(awa, in: $0) }
            #expect(known == awa)
        }
    }

    // Found from outside, no. 5
    @Test func `while nothing can be written, who must be written first is told to come again`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            func unwritten(_ caller: Caller) async throws -> Caller {
                try await hub.application.database.read { try hub.identities.resolveUnwritten(caller, in: $0) }
            }
            func refusal(_ caller: Caller) async throws -> ErrorCode? {
                do {
                    _ = try await unwritten(caller)
                } catch let error as HubError {
                    return error.code
                }
                return nil
            }
            #expect(try await refusal(caller(7)) == .storeUnavailable, "nobody by this id")
            _ = try await seen(caller(7), hub)
            let renamed = try await unwritten(caller(7, first: "Awa Marie", issuedAt: Self.early + 1))
            #expect(renamed.firstName == "Awa" && renamed.role == .student)
            for role in [Caller.Role.instructor, .admin] {
                #expect(try await refusal(caller(7, role, issuedAt: Self.early + 1)) == .storeUnavailable)
                #expect(try await unwritten(caller(7, role, issuedAt: Self.early - 1)).role == .student, "an old token")
            }
        }
    }

    @Test func `an older token changes nothing, and the Directory's role and name win`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            _ = try await seen(caller(7, issuedAt: Self.early), hub)
            let older = try await seen(caller(7, .admin, first: "Eve", issuedAt: Self.early - 1), hub)
            #expect(older.role == .student && older.firstName == "Awa")
            let same = try await seen(caller(7, .admin, first: "Eve", issuedAt: Self.early), hub)
            #expect(same.role == .student && same.firstName == "Awa")
        }
    }

    @Test func `a newer token changes role, names and e-mail`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            _ = try await seen(caller(7), hub)
            let newer = caller(
                7, .instructor, email: "awa.n@school.example", first: "Awa Marie", issuedAt: Self.early + 1)
            #expect(try await seen(newer, hub) == newer)
            let user = try await hub.application.database.read { try UserStore.find(7, in: $0) }
            #expect(
                user?.email == "awa.n@school.example" && user?.role == .instructor && user?.firstName == "Awa Marie")
        }
    }

    @Test func `a newer token without names keeps the names`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            _ = try await seen(caller(7), hub)
            let newer = try await seen(caller(7, .instructor, first: "", issuedAt: Self.early + 1), hub)
            #expect(newer.role == .instructor && newer.firstName == "Awa" && newer.lastName == "Ndiaye")
        }
    }

    @Test func `a token without iat creates, and later changes nothing`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            _ = try await seen(caller(7, issuedAt: nil), hub)
            let again = try await seen(caller(7, .admin, issuedAt: nil), hub)
            #expect(again.role == .student)
        }
    }

    @Test func `an id and an e-mail of two people are an identity conflict`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            _ = try await seen(caller(7), hub)
            let stranger = try await hubError { try await seen(caller(8, email: "AWA@School.example "), hub) }
            #expect(stranger?.code == .identityConflict)
            _ = try await seen(caller(8, email: "koffi@school.example"), hub)
            let crossed = try await hubError { try await seen(caller(8, issuedAt: Self.early + 50), hub) }
            #expect(crossed?.code == .identityConflict)
        }
    }

    @Test func `after a revocation earlier tokens and tokens without iat are refused`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            _ = try await seen(caller(7), hub)
            try await hub.application.database.write {
                _ = try $0.execute(
                    "UPDATE users SET tokens_after = $1 WHERE id = 7", [.integer(Self.early * 1000 + 1)]
                )
            }
            for issuedAt in [Self.early, nil] {
                let error = try await hubError { try await seen(caller(7, issuedAt: issuedAt), hub) }
                #expect(error?.code == .tokenRevoked)
            }
            let channel = try await hubError { try await seen(caller(7, channel: 3), hub) }
            #expect(channel?.code == .tokenRevoked)
            let close = try await hubError { try await seen(caller(7, issuedAt: Self.early + 60), hub) }
            #expect(close?.code == .tokenRevoked, "a clock may be ahead by so much")
            #expect(try await seen(caller(7, issuedAt: Self.early + 61), hub).userID == 7)
        }
    }

    @Test func `a channel token changes nothing and creates nobody`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let error = try await hubError { try await seen(caller(7, channel: 3), hub) }
            #expect(error?.code == .unauthenticated)
            _ = try await seen(caller(7), hub)
            let known = try await seen(caller(7, .admin, first: "Eve", issuedAt: Self.early + 50, channel: 3), hub)
            #expect(known.role == .student && known.firstName == "Awa" && known.channelSession == 3)
        }
    }
}
