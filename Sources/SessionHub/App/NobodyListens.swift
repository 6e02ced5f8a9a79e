/// The publisher of the command line's journal, whose commits nobody watches.
struct NobodyListens: JournalPublisher {
    init() {}
    func publish(_ events: [ServerEvent], _ signals: [HubSignal], _ changes: [HomeChange]) {}
}
