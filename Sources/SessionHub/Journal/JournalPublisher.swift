/// Hears of each commit after it, in the order of commits, on the writer's thread or on that of a look for other hubs'
/// commits. It must not wait for anybody.
package protocol JournalPublisher: Sendable {
    func publish(_ events: [ServerEvent], _ signals: [HubSignal], _ changes: [HomeChange])

    /// Whether somebody here wants the events of a class; what nobody wants of other hubs' is not read.
    func hears(session: Int64) -> Bool
}

extension JournalPublisher {
    package func hears(session: Int64) -> Bool { true }
}
