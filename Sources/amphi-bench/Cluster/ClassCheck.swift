/// Everything that is checked of one class before it ends: what each client holds and saw, and what they were told.
struct ClassCheck {
    private let room: CrashClass
    private let history: ClassHistory
    private let journal: [SessionEvent]
    private let grace: UInt64

    init(_ room: CrashClass, _ history: ClassHistory, journal: [SessionEvent], grace: UInt64) {
        (self.room, self.history, self.journal, self.grace) = (room, history, journal, grace)
    }

    private func intents(of client: CrashClient) -> [JournalCheck.Intent] {
        client.intents.map { intent in
            var intent = intent
            intent.mayBeGone = client.isGone && history.lossAt != nil
            return intent
        }
    }

    /// - Parameter connected: who is there now.
    func check(connected: Set<Int64>, _ faults: inout HistoryFaults) {
        let check = JournalCheck(journal: journal)
        check.checkNumbers(&faults)
        for client in room.clients where !client.isGone {
            let plan = client.connection.plan
            check.check(client.diary.events, of: plan.number, reader: plan.userID, &faults)
        }
        check.check(room.clients.flatMap(intents), &faults)
        RuleCheck(journal: journal, host: room.host?.userID ?? 0).check(room.acts, &faults)
        room.checkEnd(&faults)
        DeliveryCheck(history, journal: journal).check(&faults)
        let presence = PresenceCheck(history, grace: grace)
        presence.checkDepartures(&faults)
        let staying = room.clients.filter { !$0.isGone }
        presence.checkEnd(
            Dictionary(uniqueKeysWithValues: staying.map { ($0.connection.plan.number, $0.people) }),
            connected: connected, &faults)
    }
}
