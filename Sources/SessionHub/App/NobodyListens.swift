/// For a journal whose commits nobody watches: the command line's.
struct NobodyListens: JournalPublisher {
    init() {}
    func publish(_ events: [ServerEvent], _ signals: [HubSignal], _ changes: [HomeChange]) {}
}
