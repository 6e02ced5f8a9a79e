import Database
import HTTPTypes
import Logging
import StrictJSON
import Synchronization
import WebSocketServer

/// Makes a repeated POST with the same `Idempotency-Key` one POST: the second gets the first one's answer.
///
/// The key is claimed in the transaction of the work (`IdempotencyClaim`, which `Journal.write` finds), so that after a
/// crash there is the work with its claim, or neither. The answer is stored after it. A claim without an answer means
/// that the work was done and that its answer was lost: it is refused, never done again.
final class Idempotency: Sendable {
    /// Fingerprints a body. It is a keyed hash, because the body may hold a password.
    typealias Fingerprint = @Sendable ([UInt8]) throws(HubError) -> String

    private static let header = HTTPField.Name("Idempotency-Key")
    private static let lifetime = IdempotencyClaim.lifetime
    /// Milliseconds for which another hub may still be at a request that it has carried out.
    private static let patience: Int64 = 30_000
    private static let longestKey = 255

    private let database: any SQLDatabase
    private let journal: Journal
    private let fingerprint: Fingerprint
    private let clock: HubClock
    private let logger: Logger
    /// The requests under way at this hub. At another hub of the database the claim itself decides.
    private let underway = Mutex<Set<IdempotencyClaim.Name>>([])

    init(
        database: any SQLDatabase, journal: Journal, clock: HubClock, logger: Logger, fingerprint: @escaping Fingerprint
    ) {
        self.database = database
        self.journal = journal
        self.clock = clock
        self.logger = logger
        self.fingerprint = fingerprint
    }

    /// Runs `work` unless its key has been used, and answers what the first request with this key was answered.
    ///
    /// Throws `idempotency_mismatch` for another request with the key, `conflict` while the first one is under way or
    /// when its answer is lost. Refusals of `work` are not kept: nothing was done.
    func answer(
        _ call: Call, _ work: @Sendable () async throws -> Reply
    ) async throws -> Response {
        guard let claim = try claim(of: call) else { return try await work().response(in: call.language) }
        guard underway.withLock({ $0.insert(claim.name).inserted }) else {
            throw HubError(.conflict, IdempotencyClaim.underway, retryAfter: 1000)
        }
        defer { underway.withLock { _ = $0.remove(claim.name) } }
        if let stored = try await stored(claim) { return stored }
        let response = try await IdempotencyClaim.$current.withValue(claim) { try await work() }.response(
            in: call.language)
        await keep(response, of: claim)
        return response
    }

    private func claim(of call: Call) throws(HubError) -> IdempotencyClaim? {
        guard let name = Self.header, let key = call.request.headers[name] else { return nil }
        guard !key.isEmpty, key.utf8.count <= Self.longestKey, key.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw .invalid("Idempotency-Key", Self.badKey)
        }
        let request = call.request
        let query = request.query.items.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let caller = call.caller.role == .service ? "service" : "user:\(call.caller.userID)"
        return IdempotencyClaim(
            name: IdempotencyClaim.Name(caller: caller, key: key),
            request: "\(request.method.rawValue) \(request.path)?\(query) \(try fingerprint(request.body))"
        )
    }

    private func stored(_ claim: IdempotencyClaim) async throws -> Response? {
        let oldest = clock.now - Self.lifetime
        let row = try await database.read { connection in
            try connection.first(
                "SELECT request, status, body, at FROM idempotency_keys WHERE caller = $1 AND key = $2 AND at > $3",
                [.text(claim.name.caller), .text(claim.name.key), .timestamp(oldest)]
            )
        }
        guard let row else { return nil }
        guard row.text("request") == claim.request else { throw HubError(.idempotencyMismatch) }
        guard let status = row.optionalInteger("status"), let body = row.optionalText("body") else {
            let isRecent = row.timestamp("at") > clock.now - Self.patience
            if journal.log != nil, isRecent {
                throw HubError(.conflict, IdempotencyClaim.underway, retryAfter: 1000)
            }
            throw HubError(.conflict, Self.lost)
        }
        return Response(
            status: .init(code: Int(status)),
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .bytes(Array(body.utf8))
        )
    }

    /// Stores the answer. When that fails the answer is lost, and whoever asks again is told so.
    private func keep(_ response: Response, of claim: IdempotencyClaim) async {
        do throws(HubError) {
            try await journal.write(.hub) { transaction in
                try claim.record(response, at: transaction.now, in: transaction.connection)
                try transaction.connection.execute(
                    "DELETE FROM idempotency_keys WHERE at <= $1", [.timestamp(transaction.now - Self.lifetime)]
                )
            }
        } catch {
            logger.warning("an answer could not be kept for its Idempotency-Key", metadata: ["error": "\(error)"])
        }
    }

    private static let badKey = Localized(
        en: "Idempotency-Key must be 1 to 255 visible ASCII characters.",
        fr: "Idempotency-Key doit avoir de 1 à 255 caractères ASCII visibles."
    )
    private static let lost = Localized(
        en: "The first request with this Idempotency-Key was carried out, but its answer is lost.",
        fr: "La première demande avec cette Idempotency-Key a été exécutée, mais sa réponse est perdue."
    )
}
