/// The order of one session as all its witnesses tell it: every frame and every receipt must agree.
///
/// It keeps 8 bytes for each event. The first witness of a seq sets its digest, every later one must repeat it; so all
/// clients that reach the same seq without a gap have the same events.
struct SessionHistory: Sendable {
    /// Nobody commits a million events between two frames of one session: a jump like that is a broken seq.
    private static let longestJump: Int64 = 1_000_000
    /// A number beyond this is no number of ours, and must not make us reserve memory for it.
    private static let mostPosts = 100_000_000
    private static let unknown: UInt64 = 0

    /// The newest seq that a frame or a receipt has shown, or that is expected.
    private(set) var head: Int64 = 0
    /// User ids of those who post, by their number in the run.
    private let authors: [Int: Int64]
    private var digests: [UInt64] = []
    /// By sender, then by number of the post: the seq, 0 while it was not seen.
    private var places: [Int: [Int64]] = [:]

    init(authors: [Int: Int64]) { self.authors = authors }

    /// How many posts of the benchmark stand in the session.
    var postCount: Int { places.values.reduce(0) { $0 + $1.count { $0 != 0 } } }

    /// A frame with events that some client received.
    mutating func witness(_ batch: EventBatch, _ faults: inout HistoryFaults) {
        if !batch.isConsecutive { faults.note(.brokenFrame, "a frame at \(batch.position) is not consecutive") }
        for event in batch.events {
            if let digest = event.digest { witness(digest, at: event.seq, &faults) }
            if let marker = event.marker { place(marker, of: event, &faults) }
        }
    }

    /// A post that nobody will answer, so that its place is known only from its number.
    mutating func expect(_ seq: Int64) { head = max(head, seq) }

    /// The answer to a post; `digest` is of the event that must stand at its seq.
    mutating func witness(_ digest: UInt64, at seq: Int64, _ faults: inout HistoryFaults) {
        guard seq > 0, seq <= head + Self.longestJump else {
            return faults.note(.conflicting, "seq \(seq) is out of all proportion, head is \(head)")
        }
        head = max(head, seq)
        while digests.count < head { digests.append(Self.unknown) }
        let known = digests[Int(seq - 1)]
        if known == Self.unknown {
            digests[Int(seq - 1)] = digest
        } else if known != digest {
            faults.note(.conflicting, "two witnesses disagree about seq \(seq)")
        }
    }

    /// The posts of one connection must stand in the order in which they were sent, unless one was sent again.
    func checkSenderOrder(resent: [Int: Set<Int>], _ faults: inout HistoryFaults) {
        for (sender, seqs) in places {
            var last: Int64 = 0
            for (number, seq) in seqs.enumerated() where seq != 0 && resent[sender]?.contains(number) != true {
                if seq < last { faults.note(.reordered, "post \(number) of sender \(sender) overtook another") }
                last = max(last, seq)
            }
        }
    }

    private mutating func place(_ marker: Post.Marker, of event: SessionEvent, _ faults: inout HistoryFaults) {
        let isPlausible = marker.number >= 0 && marker.number < Self.mostPosts
        guard isPlausible, let author = authors[marker.sender] else {
            return faults.note(.foreign, "seq \(event.seq) names a sender who does not exist")
        }
        let clientID = Post.clientID(sender: marker.sender, number: marker.number)
        guard event.author == author, event.clientID == nil || event.clientID == clientID else {
            return faults.note(.foreign, "seq \(event.seq) has another author or client_id than was sent")
        }
        var seqs = places.removeValue(forKey: marker.sender) ?? []
        while seqs.count <= marker.number { seqs.append(0) }
        if seqs[marker.number] == 0 {
            seqs[marker.number] = event.seq
        } else if seqs[marker.number] != event.seq {
            faults.note(.doubled, "\(clientID) stands at \(seqs[marker.number]) and at \(event.seq)")
        }
        places[marker.sender] = seqs
    }
}
