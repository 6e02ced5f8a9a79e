/// A client that came back too late to resume: what it still asks for, page by page, and what waits until then.
struct CatchUp: Sendable {
    /// The last seq that must be asked for.
    let end: Int64
    /// The ref of the page that is under way.
    var ref: Int64?
    /// Newer than the pages, in the order in which it came.
    var held: [EventBatch]

    init(_ welcome: ServerFrame.Welcome) {
        end = (welcome.events.first?.seq ?? welcome.seq + 1) - 1
        held = welcome.events.isEmpty ? [] : [EventBatch(position: welcome.seq, events: welcome.events)]
    }
}
