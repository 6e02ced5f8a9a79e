import StrictJSON
import Synchronization

/// The refused tokens whose id and e-mail address belong to two people, for administrators to see: the newest hundred
/// since the start. They need not be stored, because they come again as long as platform and Directory disagree.
final class IdentityConflicts: Sendable {
    struct Conflict: Sendable, Equatable {
        let userID: Int64
        let email: String
        /// The person who has the address. Nil when nobody has it: then the id is one that this hub gave to somebody
        /// made here.
        let ownerID: Int64?
        var count = 1
        var lastAt: Timestamp

        var json: JSON {
            [
                "user_id": .integer(userID), "email": .string(email), "email_belongs_to": .optional(ownerID),
                "count": .integer(Int64(count)), "last_at": .string(lastAt.text),
            ]
        }
    }

    private static let most = 100
    private let list = Mutex<[Conflict]>([])

    init() {}

    /// All conflicts, the newest first.
    var all: [Conflict] { list.withLock { $0.reversed() } }

    func add(_ new: Conflict) {
        list.withLock { list in
            var conflict = new
            if let index = list.firstIndex(where: {
                $0.userID == new.userID && $0.email == new.email && $0.ownerID == new.ownerID
            }) {
                conflict.count += list.remove(at: index).count
            }
            list.append(conflict)
            if list.count > Self.most { list.removeFirst() }
        }
    }
}
