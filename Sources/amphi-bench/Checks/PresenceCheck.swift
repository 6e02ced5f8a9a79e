/// Whether presence told the truth on every hub, by when people were connected to any of them: nobody who was away for
/// less than the grace left, and in the end all know the same people. Pure.
struct PresenceCheck: Sendable {
    /// A client notices a loss and a return a moment later than the hub, or earlier.
    private static let blur: Int64 = 200_000_000

    /// Who was sent out is told to have left so soon after the answer.
    private static let telling: Int64 = 5_000_000_000

    private let history: ClassHistory
    private let people: [Int64: TimeSpans]
    private let grace: Int64

    /// - Parameter grace: for which a place is kept, nanoseconds.
    init(_ history: ClassHistory, grace: UInt64) {
        self.history = history
        self.grace = Int64(grace)
        people = Dictionary(grouping: history.visits, by: \.user).mapValues { visits in
            TimeSpans(visits.map { Int64($0.welcomedAt)..<max(Int64(clamping: $0.endedAt), Int64($0.welcomedAt)) })
        }
    }

    /// Each departure that presence told is one of somebody who was away for so long, or was sent out.
    func checkDepartures(_ faults: inout HistoryFaults) {
        for visit in history.visits {
            // With the end of the journal the places are gone that were taken then.
            for change in visit.presence where !history.mayBeLost(change.at) {
                for user in change.left where !mayHaveLeft(user, by: Int64(change.at)) {
                    faults.note(
                        .departed,
                        "\(user) left on node \(visit.node + 1) in the eyes of client \(visit.client), away for less than "
                            + "the grace: \(life(of: user, around: Int64(change.at)))")
                }
            }
        }
    }

    /// In the end, when presence had its time: everybody knows exactly those who are connected.
    ///
    /// - Parameter known: whom each client knows, by its number.
    func checkEnd(_ known: [Int: Set<Int64>], connected: Set<Int64>, _ faults: inout HistoryFaults) {
        for (client, people) in known.sorted(by: { $0.key < $1.key }) where people != connected {
            let (absent, ghosts) = (connected.subtracting(people).sorted(), people.subtracting(connected).sorted())
            faults.note(.departed, "client \(client) lacks \(absent) and sees \(ghosts), who are not there")
        }
    }

    /// When somebody was there, told from a moment, for people.
    private func life(of user: Int64, around moment: Int64) -> String {
        let near = people[user]?.spans.filter { moment - $0.upperBound < 6 * grace && $0.lowerBound - moment < grace }
        let told = near?.map { span in
            let end = span.upperBound == .max ? "" : Figures.text(Double(span.upperBound - moment) / 1e9)
            return "\(Figures.text(Double(span.lowerBound - moment) / 1e9))...\(end)"
        }
        return "there from and until (s) \(told?.joined(separator: ", ") ?? "never")"
    }

    /// Until when a removal may be told: a hub that hears of it late closes the connection late, and tells it then.
    private func end(of removal: ClassHistory.Removal) -> Int64 {
        guard let answeredAt = removal.answeredAt else { return .max }
        let ends = history.visits.filter { $0.user == removal.user && $0.welcomedAt <= answeredAt }.map(\.endedAt)
        let (end, isEndless) = Int64(clamping: max(answeredAt, ends.max() ?? 0)).addingReportingOverflow(Self.telling)
        return isEndless ? .max : end
    }

    private func mayHaveLeft(_ user: Int64, by moment: Int64) -> Bool {
        let isSentOut = history.removals.contains { removal in
            removal.user == user && Int64(removal.sentAt) <= moment && moment <= end(of: removal)
        }
        guard !isSentOut, let spans = people[user] else { return true }
        let away = spans.gaps + (spans.spans.last.map { [$0.upperBound..<Int64.max] } ?? [])
        return away.contains { gap in
            let isLong = gap.upperBound == .max || gap.upperBound - gap.lowerBound > grace - Self.blur
            return isLong && moment - gap.lowerBound > grace - Self.blur
        }
    }
}
