/// One client that posts: numbers its posts and knows which of them were not answered yet.
final class Sender {
    struct Attempt {
        let post: Post
        let sentAt: UInt64
    }

    let connection: ClientConnection
    private let dialect: Dialect
    /// Posts that were sent more than once: their place in the order is free.
    private(set) var resent: Set<Int> = []
    private(set) var nextNumber = 0
    /// Attempts on the wire, by ref; a post that waits for its retry is in none.
    private var attempts: [Int64: Attempt] = [:]
    private var waitingForRetry = 0

    init(connection: ClientConnection, dialect: Dialect) {
        self.connection = connection
        self.dialect = dialect
    }

    /// Posts without a final answer.
    var unanswered: Int { attempts.count + waitingForRetry }

    /// The next new post.
    ///
    /// - Parameter textBytes: the lengths of the texts, in turn spread over this range.
    func compose(at now: UInt64, textBytes: ClosedRange<Int>) -> Post {
        let marker = Post.Marker(sender: connection.plan.number, number: nextNumber, sentAt: now)
        // 397 is a prime: the lengths mix instead of growing.
        let length = textBytes.lowerBound + nextNumber * 397 % textBytes.count
        nextNumber += 1
        return Post(marker, textBytes: length)
    }

    /// Puts a post on the wire.
    func send(_ post: Post, at now: UInt64, with writer: inout FrameWriter) {
        let ref = connection.nextRef()
        if dialect.hasReplies { attempts[ref] = Attempt(post: post, sentAt: now) }
        connection.enqueue(dialect.frame(of: post, ref: ref), with: &writer)
    }

    /// The attempt that an answer belongs to, nil when there is none.
    func answered(ref: Int64) -> Attempt? { attempts.removeValue(forKey: ref) }

    func willRetry(_ post: Post) {
        waitingForRetry += 1
        resent.insert(post.marker.number)
    }

    func retry(_ post: Post, at now: UInt64, with writer: inout FrameWriter) {
        waitingForRetry -= 1
        send(post, at: now, with: &writer)
    }
}
