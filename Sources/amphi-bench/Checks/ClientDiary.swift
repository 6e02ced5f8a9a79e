/// What one client holds of its session, over all connections: every event as it came, nothing sorted, nothing
/// repaired.
///
/// After a welcome that is no resumption the client has only the newest events (`late`); the older ones (`early`) come
/// page by page until both parts meet.
struct ClientDiary: Sendable, Equatable {
    /// Where the client resumes.
    private(set) var position: Int64 = 0
    /// Nil before the first welcome.
    private(set) var epoch: String?
    private var early: [SessionEvent] = []
    private var late: [SessionEvent] = []
    private var lateFrom: Int64 = 1

    var events: [SessionEvent] { early + late }

    /// The newest event that was shown, and its time.
    var witness: (seq: Int64, at: String)? {
        let event = late.last { $0.at != nil } ?? early.last { $0.at != nil }
        return event.flatMap { event in event.at.map { (event.seq, $0) } }
    }

    /// What is still to be asked for.
    var missing: ClosedRange<Int64>? {
        let next = (early.last?.seq ?? 0) + 1
        return next < lateFrom ? next...lateFrom - 1 : nil
    }

    mutating func receive(_ welcome: ServerFrame.Welcome) {
        if welcome.resumed {
            late += welcome.events
        } else {
            early = []
            late = welcome.events
            lateFrom = welcome.events.first?.seq ?? welcome.seq + 1
        }
        position = welcome.seq
        epoch = welcome.epoch
    }

    mutating func receive(_ batch: EventBatch) {
        late += batch.events
        position = batch.position
    }

    mutating func receive(page events: [SessionEvent]) { early += events }
}
