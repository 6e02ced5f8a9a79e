import StrictJSON

/// What the other hubs of a database must learn of a commit: which events there are, whose access has changed, and what
/// classes show. It holds ids and numbers; names and texts are read where it is heard, so that nothing that was deleted
/// meanwhile is told again.
struct CommitNews: Sendable, Equatable {
    /// The new events of a class, whose seqs have no gaps.
    struct Events: Sendable, Equatable {
        let session: Int64
        var seqs: ClosedRange<Int64>
        /// The seqs of older messages whose texts are gone.
        var redactions: [Int64]
    }

    /// Beyond so many people the news name nobody, and everybody's access is looked at again: after a large import.
    private static let mostPeople = 2000

    /// More events of a class than this are in no commit.
    private static let mostEvents: Int64 = 100_000

    /// What a hub makes of news that it cannot read, a newer hub's perhaps: at least nobody keeps a right that is gone.
    static let unreadable = CommitNews([], [.everybodyChanged], [])

    private(set) var events: [Events] = []
    /// Everybody's access has changed.
    private(set) var isEverybodyChanged = false
    private(set) var changed: Set<Int64> = []
    private(set) var gone: [Int64] = []
    private(set) var emptied: [String] = []
    /// Without persons, who are read by `Journal.publishable`.
    private(set) var changes: [HomeChange] = []

    var isEmpty: Bool {
        events.isEmpty && !isEverybodyChanged && changed.isEmpty && gone.isEmpty && changes.isEmpty && emptied.isEmpty
    }

    init(_ events: [ServerEvent], _ signals: [HubSignal], _ changes: [HomeChange]) {
        var places: [Int64: Int] = [:]
        for event in events {
            let redactions = event.redactions.map(\.seq)
            if let place = places[event.session] {
                self.events[place].seqs = self.events[place].seqs.lowerBound...event.seq
                self.events[place].redactions += redactions
            } else {
                places[event.session] = self.events.count
                self.events.append(
                    Events(session: event.session, seqs: event.seq...event.seq, redactions: redactions))
            }
        }
        for signal in signals {
            switch signal {
            case .accessChanged(let users): changed.formUnion(users)
            case .everybodyChanged: isEverybodyChanged = true
            case .sessionGone(let session): gone.append(session)
            case .nodeEmptied(let node): emptied.append(node)
            // Each hub finds out by itself whether it can write.
            case .storeWritable: break
            }
        }
        if changed.count > Self.mostPeople { (isEverybodyChanged, changed) = (true, []) }
        self.changes = changes
    }

    /// The signals for the loops.
    var signals: [HubSignal] {
        var signals = gone.map { HubSignal.sessionGone($0) } + emptied.map { .nodeEmptied($0) }
        if !changed.isEmpty { signals.append(.accessChanged(users: changed)) }
        if isEverybodyChanged { signals.append(.everybodyChanged) }
        return signals
    }
}

// MARK: - As the log has it

extension CommitNews {
    /// `{"events":[[session,first,last,[redacted]]],"changed":[user] or true,"gone":[session],
    /// "emptied":[node],"shown":[[session,name,person or null,values...]]}`, without what is empty.
    var json: JSON {
        var object = JSONObject([])
        if !events.isEmpty {
            object["events"] = .array(
                events.map {
                    [
                        .integer($0.session), .integer($0.seqs.lowerBound), .integer($0.seqs.upperBound),
                        .array($0.redactions.map { .integer($0) }),
                    ]
                })
        }
        if isEverybodyChanged {
            object["changed"] = true
        } else if !changed.isEmpty {
            object["changed"] = .array(changed.sorted().map { .integer($0) })
        }
        if !gone.isEmpty { object["gone"] = .array(gone.map { .integer($0) }) }
        if !emptied.isEmpty { object["emptied"] = .array(emptied.map { .string($0) }) }
        if !changes.isEmpty {
            object["shown"] = .array(
                changes.map { .array([.integer($0.session), .string($0.name), .optional($0.subject)] + $0.values) })
        }
        return .object(object)
    }

    /// Reads what a hub has written, a newer one perhaps: members that are not known are left out.
    ///
    /// Throws `internal` for anything else.
    init(_ json: JSON) throws(HubError) {
        for item in json["events"]?.arrayValue ?? [] {
            let numbers = item.arrayValue ?? []
            guard numbers.count >= 4, let session = numbers[0].integerValue, let first = numbers[1].integerValue,
                let last = numbers[2].integerValue, first > 0, first <= last, last - first < Self.mostEvents,
                let redactions = numbers[3].arrayValue
            else { throw HubError(.internal) }
            events.append(
                Events(session: session, seqs: first...last, redactions: redactions.compactMap(\.integerValue)))
        }
        isEverybodyChanged = json["changed"]?.boolValue ?? false
        changed = Set(json["changed"]?.arrayValue?.compactMap(\.integerValue) ?? [])
        emptied = json["emptied"]?.arrayValue?.compactMap(\.stringValue) ?? []
        gone = json["gone"]?.arrayValue?.compactMap(\.integerValue) ?? []
        for item in json["shown"]?.arrayValue ?? [] {
            let values = item.arrayValue ?? []
            guard values.count >= 3, let session = values[0].integerValue, let name = values[1].stringValue else {
                throw HubError(.internal)
            }
            let rest = Array(values.dropFirst(3))
            changes.append(HomeChange(name, in: session, rest, subject: values[2].integerValue))
        }
    }
}
