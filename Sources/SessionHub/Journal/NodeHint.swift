import StrictJSON

/// What hubs of one database call to each other. Every hint may be lost.
enum NodeHint: Equatable {
    /// There is a commit of this number, or there are more.
    case commit(Int64)
    /// A commit with all that is to be published of it, for the hubs alone (`ToldCommit`, `SecretBox`).
    case told(String)
    /// A hub calls itself, to find out whether it hears.
    case echo(String)
    /// Something that nobody stores happened in a class at this hub.
    case moment(node: String, JSON)

    /// One line, which begins with the kind.
    var text: String {
        switch self {
        case .commit(let number): "c\(number)"
        case .told(let box): "t\(box)"
        case .echo(let node): "e\(node)"
        case .moment(let node, let json): "m\(node) \(json.text)"
        }
    }

    /// Nil for what this hub does not know: a newer one may have told it.
    init?(_ text: String) {
        let rest = text.dropFirst()
        switch text.first {
        case "c":
            guard let number = Int64(rest) else { return nil }
            self = .commit(number)
        case "t": self = .told(String(rest))
        case "e": self = .echo(String(rest))
        case "m":
            let parts = rest.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let json = try? JSON.parse(Array(parts[1].utf8), limits: .request) else {
                return nil
            }
            self = .moment(node: String(parts[0]), json)
        default: return nil
        }
    }
}
