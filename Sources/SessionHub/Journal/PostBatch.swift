import Database

/// The posts of one batch that need no statements of their own: several are read together, decided one by one in their
/// order, and written together. It stays on the writer's thread.
///
/// Between the reading and the writing of a post nothing else may be written: whatever else is in the batch runs after
/// `settle`, which writes what was left so far and forgets what was read. So every item finds the store as if all
/// before it had been carried out one by one. As posts of the same class do not read each other but for their number
/// and their `client_id`, these two are kept here.
final class PostBatch {
    /// Something that was to be written together was refused. Which post it was is not known, so that the whole batch
    /// is rolled back, and its items run again, each by itself.
    struct Refused: Error {
        let error: SQLError
    }

    /// The most posts that are read at once, and with how many it goes on after one that had to ask for itself.
    private static let (mostAhead, leastAhead) = (256, 4)

    private let foresight: any Foresight
    /// Of each item of the batch; nil for what is no post.
    private let keys: [PostKey?]
    /// What was read, by the item.
    private var rows: [Int: SQLRow] = [:]
    /// Up to which item it was read.
    private var end = 0
    /// What was asked for and is not yet read.
    private var question: (items: Range<Int>, answer: () throws -> [SQLRow?])?
    private var ahead = mostAhead
    /// The classes of which a post had to ask the store, such as one in slow mode: the others will as well.
    private var askingClasses: Set<Int64> = []

    /// The newest seq of each class whose posts are not yet written: in the store, and with them.
    private var heads: [Int64: (stored: Int64, left: Int64)] = [:]
    private var taken: Set<PostKey> = []
    private var messages: [[SQLValue]] = []
    private var events: [[SQLValue]] = []

    init(_ keys: [PostKey?], _ foresight: any Foresight) {
        self.keys = keys
        self.foresight = foresight
    }

    /// What is known of an item; nil when it must run in the ordinary way, after `settle`.
    func prospect(at index: Int, in connection: any SQLConnection) throws -> Prospect? {
        guard let key = foreseeable(index) else { return nil }
        if index >= end { try look(from: index, in: connection) }
        // The second of two with the same key finds the first in the store.
        guard let row = rows[index], !taken.contains(key) else {
            ahead = Self.leastAhead
            return nil
        }
        return Prospect(key, row: row, head: heads[key.session]?.left ?? row.integer("head_seq"))
    }

    private func foreseeable(_ index: Int) -> PostKey? {
        guard let key = keys[index], !askingClasses.contains(key.session) else { return nil }
        return key
    }

    /// Asks for what the first posts need, before anything of the batch is written, so that the question travels with
    /// the beginning of the transaction.
    func askAhead(in connection: any SQLConnection) throws {
        if !keys.isEmpty, foreseeable(0) != nil { question = try ask(from: 0, in: connection) }
    }

    /// Asks for the posts that follow each other from an item on.
    private func ask(
        from index: Int, in connection: any SQLConnection
    ) throws -> (items: Range<Int>, answer: () throws -> [SQLRow?]) {
        var next: [PostKey] = []
        while next.count < ahead, index + next.count < keys.count, let key = foreseeable(index + next.count) {
            next.append(key)
        }
        return (index..<index + next.count, try foresight.look(for: next, in: connection))
    }

    private func look(from index: Int, in connection: any SQLConnection) throws {
        let (items, found) = try together {
            var question = self.question
            self.question = nil
            if question?.items.lowerBound != index { question = nil }
            let asked = try question ?? ask(from: index, in: connection)
            return (asked.items, try asked.answer())
        }
        rows = [:]
        for (offset, row) in found.enumerated() { rows[index + offset] = row }
        end = items.upperBound
        ahead = min(ahead * 2, Self.mostAhead)
    }

    /// Keeps what a post has left. One that leaves nothing, such as a repeated one, has no effect.
    func take(_ prospect: Prospect) {
        guard let event = prospect.event else {
            return precondition(prospect.message == nil, "a message without an event has no place")
        }
        let head = heads[prospect.key.session]?.stored ?? prospect.head
        heads[prospect.key.session] = (head, prospect.head + 1)
        events.append(event)
        if let message = prospect.message { messages.append(message) }
        taken.insert(prospect.key)
    }

    /// The post of this class had to ask the store.
    func asked(_ key: PostKey) {
        askingClasses.insert(key.session)
        ahead = Self.leastAhead
    }

    /// Writes what was left, so that the store is up to date, and reads anew what comes after. Throws `Refused`.
    func settle(in connection: any SQLConnection) throws {
        try together { _ = try handOver(to: connection)?.rows() }
    }

    /// Ends the transaction together with what was left. Throws `Refused`.
    ///
    /// - Parameter last: hands over what else belongs to it.
    func commit(_ connection: any SQLConnection, with last: () throws -> Void) throws {
        try together {
            _ = try handOver(to: connection)
            try last()
            try connection.commit()
        }
    }

    private func handOver(to connection: any SQLConnection) throws -> (any SQLAnswer)? {
        (rows, end, question) = ([:], 0, nil)
        guard !events.isEmpty else { return nil }
        defer { (heads, taken, messages, events) = ([:], [], [], []) }
        if !messages.isEmpty { try foresight.write(messages, in: connection) }
        return try JournalStore.append(
            events, moving: heads.mapValues { ($0.stored, $0.left) }, in: connection)
    }

    /// Turns an error of something that was to be done for several posts into `Refused`.
    func together<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as SQLError where !error.code.endsTransaction {
            throw Refused(error: error)
        }
    }
}
