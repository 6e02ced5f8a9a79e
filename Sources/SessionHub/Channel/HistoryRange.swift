import Database
import StrictJSON

/// Part of the journal, ascending: the newest before a seq, or the first after one.
enum HistoryRange: Sendable {
    case before(Int64, limit: Int)
    case after(Int64, limit: Int)

    init(_ fields: Fields, most: Int) throws(HubError) {
        let limit = Int(try fields.integer("limit", in: 1...Int64(most)) ?? Int64(min(100, most)))
        let before = try fields.integer("before_seq")
        guard let after = try fields.integer("after_seq", in: 0...Int64.max) else {
            self = .before(before ?? Int64.max, limit: limit)
            return
        }
        guard before == nil else {
            throw .invalid(
                "before_seq",
                Localized(
                    en: "Give before_seq or after_seq, not both.", fr: "Donnez before_seq ou after_seq, pas les deux."
                )
            )
        }
        self = .after(after, limit: limit)
    }
}

extension HistoryRange {
    func answer(
        to reader: ChannelReader, from journal: EventReader, in connection: any SQLConnection
    ) throws -> JSON {
        switch self {
        case .before(let seq, let limit):
            let events = try journal.newest(
                session: reader.session, before: seq, limit: limit + 1, in: connection
            )
            let page = HistoryPage.bounded(
                events.suffix(limit).reversed(), user: reader.user, isHost: reader.isHost
            )
            return ["events": .array(page.reversed()), "more": .bool(events.count > page.count)]
        case .after(let seq, let limit):
            let events = try journal.events(session: reader.session, after: seq, limit: limit + 1, in: connection)
            let page = HistoryPage.bounded(Array(events.prefix(limit)), user: reader.user, isHost: reader.isHost)
            return ["events": .array(page), "more": .bool(events.count > page.count)]
        }
    }
}
