import StrictJSON
import WebSocketServer

/// What commits change of what the class shows beside its events.
extension SessionChannel {
    func show(_ change: HomeChange, on loop: isolated EventLoop) {
        hub.commands.make(change, in: self)
        tickSoon(on: loop)
    }
}

/// The changes of presence, which belong to the channel itself.
extension HomeChange {
    /// A hand is up at this place of the order; nil when it is down.
    static func hand(of user: Int64, at place: Int64?, in session: Int64) -> HomeChange {
        HomeChange("hand", in: session, [.integer(user), .optional(place)])
    }

    /// Somebody has a connection at a hub; told by that hub's admission.
    static func came(
        _ entry: Presence.Entry, at node: String, hand: Int64?, in session: Int64
    ) -> HomeChange {
        place("came", entry, node, hand, session)
    }

    /// Somebody's place at a hub that serves no more is kept by this one.
    static func held(
        _ entry: Presence.Entry, at node: String, hand: Int64?, in session: Int64
    ) -> HomeChange {
        place("held", entry, node, hand, session)
    }

    /// - Parameter hand: the place of the raised hand, which a hub may have let go with a grace that it thought over.
    private static func place(
        _ name: String, _ entry: Presence.Entry, _ node: String, _ hand: Int64?, _ session: Int64
    ) -> HomeChange {
        HomeChange(
            name, in: session, [.string(entry.role.rawValue), .string(node), .optional(hand)], showing: entry.person
        )
    }

    /// The last connection of somebody is lost, which was at this hub.
    static func lost(_ user: Int64, at node: String, in session: Int64) -> HomeChange {
        HomeChange("lost", in: session, [.integer(user), .string(node)])
    }

    /// Somebody has no place at this hub any more.
    static func gone(_ user: Int64, from node: String, in session: Int64) -> HomeChange {
        HomeChange("gone", in: session, [.integer(user), .string(node)])
    }

    /// The hub that the change of a place is about.
    fileprivate var node: String? { text(1) }

    /// Whether a class of which nothing is known begins to be shown by this change.
    func begins(at node: String) -> Bool { ["came", "held"].contains(name) && self.node != node }

    static func handsDown(in session: Int64) -> HomeChange { HomeChange("hands_down", in: session) }

    /// Somebody who is there has another name or another role.
    static func entry(_ entry: Presence.Entry, in session: Int64) -> HomeChange {
        HomeChange("entry", in: session, [.string(entry.role.rawValue)], showing: entry.person)
    }

    /// The person as they are shown from now on.
    var entry: Presence.Entry? {
        guard let person, let role = text(0).flatMap(ClassRole.init(rawValue:)) else { return nil }
        return Presence.Entry(person: person, role: role)
    }
}

extension ChannelAPI {
    /// Adds the changes of presence.
    mutating func addPresenceChanges() {
        home("hand") { channel, change in
            guard let user = change.integer(0) else { return }
            channel.presence.hand(of: user, at: change.integer(1))
        }
        home("came") { channel, change in
            guard let node = change.node, let entry = change.entry else { return }
            // The admission itself has told this hub of its own.
            if node != channel.hub.node { channel.presence.placed(entry, at: node) }
            channel.presence.hand(of: entry.person.id, at: change.integer(2))
        }
        home("held") { channel, change in
            guard let node = change.node, let entry = change.entry else { return }
            if node == channel.hub.node {
                channel.keepOrphan(entry)
            } else {
                channel.presence.placed(entry, at: node)
            }
            channel.presence.hand(of: entry.person.id, at: change.integer(2))
        }
        home("lost") { channel, change in
            guard let user = change.integer(0), change.node == channel.hub.node else { return }
            channel.presence.lost(user, now: channel.now)
        }
        home("gone") { channel, change in
            guard let user = change.integer(0), let node = change.node else { return }
            if node == channel.hub.node {
                channel.presence.moved(user)
            } else {
                channel.presence.unplaced(user, at: node, now: channel.now)
            }
        }
        home("hands_down") { channel, _ in channel.presence.lowerHands() }
        home("entry") { channel, change in
            if let entry = change.entry { channel.presence.update(entry) }
        }
    }
}
