/// What the tables hold of one class in the end. Times are milliseconds since 1970. Pure: it is read elsewhere.
struct StoredClass: Sendable, Equatable {
    struct Event: Sendable, Equatable {
        let seq: Int64
        let type: String
        let at: Int64
    }

    struct Message: Sendable, Equatable {
        let user: Int64
        let clientID: String
        let seq: Int64
    }

    struct Segment: Sendable, Equatable {
        let user: Int64
        let source: String
        let joinedAt: Int64
        let lastSeenAt: Int64
        /// Nil while it lasts.
        let leftAt: Int64?
    }

    /// In the order of their seq.
    var events: [Event] = []
    var messages: [Message] = []
    var segments: [Segment] = []
    /// As the counter of the class says.
    var head: Int64 = 0
    var seated: Int64 = 0
    /// Participants with a seat, and how many may have one.
    var seats: Int64 = 0
    var capacity: Int64 = 0
}
