import StrictJSON
import Synchronization

@testable import SessionHub

/// What a hub without a socket has published.
final class Publications: JournalPublisher {
    private let list = Mutex<([ServerEvent], [HubSignal])>(([], []))

    func publish(_ events: [ServerEvent], _ signals: [HubSignal], _ changes: [HomeChange]) {
        list.withLock { list in
            list.0 += events
            list.1 += signals
        }
    }

    var events: [JSON] { list.withLock { $0.0.map(\.json) } }
    var signals: [HubSignal] { list.withLock(\.1) }

    func forget() { list.withLock { $0 = ([], []) } }
}
