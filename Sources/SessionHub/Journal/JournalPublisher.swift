/// Hears of each commit after it, in the order of commits, on the writer's thread. It must not wait for anybody.
package protocol JournalPublisher: Sendable {
    func publish(_ events: [ServerEvent], _ signals: [HubSignal], _ changes: [HomeChange])
}
