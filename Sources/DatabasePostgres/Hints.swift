#if PostgreSQL
import CLibpq
import Database
import Dispatch
import Foundation
import Logging
import Synchronization

/// The way of hints between the processes of a database: LISTEN and NOTIFY, on two connections of their own.
///
/// A transaction that does nothing but NOTIFY waits neither for the log nor for the standbys; inside of one that writes
/// it would make all such commits wait for each other (https://www.postgresql.org/docs/current/sql-notify.html). What
/// is told while the server is still at the notification before goes out together.
final class Hints: Sendable {
    private static let channel = "amphi"
    /// What separates the hints of one notification. No hint has a line break.
    private static let separator: Character = "\n"

    /// The most hints that wait for the server.
    private static let mostWaiting = 1024

    private struct State {
        var waiting: [String] = []
        var isTelling = false
        var isFinished = false
        /// Counted up when the connection is to be made anew.
        var wish = 0
    }

    private let state = Mutex(State())
    private let teller: Workers
    private let hearing = DispatchGroup()
    private let session: @Sendable () -> PostgresSession
    private let logger: Logger

    init(_ logger: Logger, _ session: @escaping @Sendable () -> PostgresSession) {
        self.logger = logger
        self.session = session
        teller = Workers("amphi.teller", 1, session)
    }

    // MARK: - Telling

    func tell(_ hint: String) {
        guard hint.utf8.count <= PostgresDatabase.mostHintBytes else { return }
        let starts = state.withLock { state in
            // The server does not answer: what is missed is found in the table.
            guard state.waiting.count < Self.mostWaiting else { return false }
            state.waiting.append(hint)
            defer { state.isTelling = true }
            return !state.isTelling
        }
        if starts { _ = teller.run { self.send($0) } }
    }

    private func send(_ session: PostgresSession) {
        while let payload = nextPayload() {
            do throws(SQLError) {
                _ = try session.run("SELECT pg_notify('\(Self.channel)', $1)", [.text(payload)])
            } catch {
                logger.debug("a hint was not told", metadata: ["error": "\(error.message)"])
            }
        }
    }

    private func nextPayload() -> String? {
        state.withLock { state in
            var payload = ""
            var count = 0
            for hint in state.waiting {
                guard payload.utf8.count + hint.utf8.count < PostgresDatabase.mostHintBytes || count == 0 else { break }
                if count > 0 { payload.append(Self.separator) }
                payload += hint
                count += 1
            }
            state.waiting.removeFirst(count)
            state.isTelling = count > 0
            return count > 0 ? payload : nil
        }
    }

    // MARK: - Hearing

    func hear(_ body: @escaping @Sendable (String?) -> Void) {
        hearing.enter()
        let thread = Thread { [self] in
            let session = session()
            while !isFinished { listen(session, body) }
            hearing.leave()
        }
        thread.name = "amphi.listener"
        thread.start()
    }

    func hearAnew() { state.withLock { $0.wish += 1 } }

    private var isFinished: Bool { state.withLock(\.isFinished) }
    private var wish: Int { state.withLock(\.wish) }

    /// Hears until the connection breaks.
    private func listen(_ session: PostgresSession, _ body: (String?) -> Void) {
        let wish = wish
        do throws(SQLError) {
            try session.exchange([.command("LISTEN \(Self.channel)")])
            body(nil)
            while !isFinished, self.wish == wish {
                for payload in try session.notifications(within: 250) {
                    for hint in payload.split(separator: Self.separator) { body(String(hint)) }
                }
            }
            session.disconnect()
        } catch {
            logger.debug("hints cannot be heard", metadata: ["error": "\(error.message)"])
            usleep(250_000)
        }
    }

    // MARK: - The end

    /// Takes no more hints, tells those that wait, and waits for the threads.
    func finish() {
        state.withLock { $0.isFinished = true }
        teller.finish()
        teller.wait()
        hearing.wait()
    }
}

extension PostgresSession {
    /// Waits for notifications; what comes together comes together.
    /// - Parameter milliseconds: how long to wait at most for the first.
    func notifications(within milliseconds: Int32) throws(SQLError) -> [String] {
        do {
            return try connected().notifications(within: milliseconds)
        } catch {
            disconnect()
            throw error
        }
    }
}

extension Link {
    /// The payloads of the notifications that have come, waiting for at most `milliseconds` while there are none.
    func notifications(within milliseconds: Int32) throws(SQLError) -> [String] {
        let early = takeNotifications()
        guard early.isEmpty else { return early }
        try awaitInput(milliseconds)
        return takeNotifications()
    }
}
#endif
