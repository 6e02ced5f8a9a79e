import Logging
import Synchronization

/// Tells the operator once that a trusted proxy does not say who its clients are.
final class ProxyDoubts: Sendable {
    private let told = Mutex<Set<TrustedProxies.Doubt>>([])
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func tell(_ doubt: TrustedProxies.Doubt) {
        guard told.withLock({ $0.insert(doubt).inserted }) else { return }
        switch doubt {
        case .missing:
            logger.notice("a trusted proxy names no client: no limit per address applies to such requests")
        case .unreadable:
            logger.warning(
                "a trusted proxy names its client unreadably: no limit per address applies to such requests"
            )
        }
    }
}
