/// The people who may see an event, in the live stream, on resume, in the history and over REST alike.
enum Audience: Sendable, Hashable {
    case all
    case hosts
    /// One person, and the hosts.
    case user(Int64)

    /// The form in which the column `audience` keeps it.
    var text: String {
        switch self {
        case .all: "all"
        case .hosts: "hosts"
        case .user(let id): "user:\(id)"
        }
    }

    init?(_ text: String) {
        switch text {
        case "all": self = .all
        case "hosts": self = .hosts
        default:
            guard text.hasPrefix("user:"), let id = Int64(text.dropFirst(5)) else { return nil }
            self = .user(id)
        }
    }

    func includes(_ userID: Int64, isHost: Bool) -> Bool {
        switch self {
        case .all: true
        case .hosts: isHost
        case .user(let id): isHost || id == userID
        }
    }
}
