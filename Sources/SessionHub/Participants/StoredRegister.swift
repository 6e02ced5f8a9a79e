import Database
import StrictJSON

/// The register that answers from the hub's store, with the rules of Sessions, the people of Identity and the seats of
/// Attendance.
struct StoredRegister: ClassRegister {
    private let tokens: TokenService
    private let identities: IdentityStore
    private let clock: HubClock
    private let windows: ClassWindows
    /// The places at this hub and at others; nil for a hub that has its database for itself.
    private let places: PlaceStore?

    init(
        tokens: TokenService, identities: IdentityStore, clock: HubClock, windows: ClassWindows,
        places: PlaceStore? = nil
    ) {
        self.tokens = tokens
        self.identities = identities
        self.clock = clock
        self.windows = windows
        self.places = places
    }

    func caller(from token: String) throws(HubError) -> Caller { try tokens.caller(from: token, at: clock) }

    func requireValid(_ caller: Caller, in connection: any SQLConnection) throws {
        _ = try identities.resolve(caller, in: connection)
    }

    func entry(
        of caller: Caller, in session: Int64, connection: any SQLConnection
    ) throws -> Presence.Entry {
        // Nothing is written here: a token that says something new about its person changes the row at its next use.
        let known = try identities.resolve(caller, in: connection) ?? caller
        let access = try SessionAccess.load(session: session, for: known, in: connection)
        guard let entry = access.entry else { throw HubError(.notEnrolled) }
        _ = try access.requireMember()
        try access.requirePresent()
        return entry
    }

    func state(
        of session: Int64, for caller: Caller, at moment: HubClock.Moment, cache: WelcomeCache,
        in connection: any SQLConnection
    ) throws -> ClassState {
        let access = try SessionAccess.load(session: session, for: caller, in: connection)
        var state = try access.state(at: moment, windows: windows)
        let reader = QuestionStore.Reader(user: caller.userID, isHost: access.isHost)
        let questions = try QuestionStore.current(
            session: session, for: reader, at: state.seq, cache: cache, in: connection
        )
        state.encodedMembers = [ServerMessage.Member(name: "questions", value: questions)]
        for member in try MaterialStore.welcome(access.session, in: connection).members {
            state.members[member.name] = member.value
        }
        if access.isHost {
            state.members["moderation"] = try ModerationStore.overview(
                session: session, course: access.session.courseID, now: access.session.time(at: moment),
                in: connection
            )
        }
        return state
    }

    func admit(_ caller: Caller, to session: Int64, in transaction: JournalTransaction) throws -> Admission? {
        guard let known = try identities.known(caller, in: transaction) else { return nil }
        let access = try SessionAccess.load(session: session, for: known, in: transaction.connection)
        let admission = try admission(of: known, access, at: transaction.moment)
        try comeIn(access, in: transaction)
        if access.session.hasSeats {
            try AttendanceStore.seat(
                session: access.session, access: access, source: .channel,
                now: access.session.time(at: transaction.moment), in: transaction.connection
            )
        }
        try take(admission.entry, in: session, transaction)
        return admission
    }

    func readAdmission(
        of caller: Caller, to session: Int64, in connection: any SQLConnection
    ) throws -> UnwrittenAdmission {
        let known = try identities.resolveUnwritten(caller, in: connection)
        let access = try SessionAccess.load(session: session, for: known, in: connection)
        let admission = try admission(of: known, access, at: clock.moment)
        guard access.session.hasSeats else { return UnwrittenAdmission(admission: admission, places: nil) }
        let places = UnwrittenAdmission.Places(
            count: access.session.maxParticipants,
            takenOverREST: try AttendanceStore.seatedOverREST(session: session, in: connection)
        )
        return UnwrittenAdmission(admission: admission, places: places)
    }

    private func admission(
        of caller: Caller, _ access: SessionAccess, at moment: HubClock.Moment
    ) throws(HubError) -> Admission {
        let entry = try access.requireOpenChannel(at: moment, windows: windows)
        return Admission(
            caller: caller, entry: entry, isLive: access.session.status == .live,
            classEnd: access.session.end(at: moment)
        )
    }

    func writeAdmission(
        of caller: Caller, to session: Int64, at moment: HubClock.Moment, in transaction: JournalTransaction
    ) throws {
        guard let known = try identities.known(caller, in: transaction) else { return }
        let access = try SessionAccess.load(session: session, for: known, in: transaction.connection)
        try comeIn(access, in: transaction)
        if let entry = access.entry { try take(entry, in: session, transaction) }
        guard access.session.hasSeats else { return }
        try AttendanceStore.sit(
            session: access.session, access: access, source: .channel, now: access.session.time(at: moment),
            in: transaction.connection
        )
    }

    /// Whoever was sent away may come in again.
    private func comeIn(_ access: SessionAccess, in transaction: JournalTransaction) throws {
        guard access.sanctions.isRemoved else { return }
        try ModerationStore.welcomeBack(
            access.user.id, to: access.session.id, connection: transaction.connection
        )
    }

    func seatAgain(
        _ users: [Int64], in session: Int64, since: Timestamp, connection: any SQLConnection
    ) throws {
        for user in users {
            try AttendanceStore.sitAgain(session: session, user: user, since: since, in: connection)
        }
    }

    func hold(_ user: Int64, in session: Int64, at: Timestamp, in transaction: JournalTransaction) throws {
        let connection = transaction.connection
        var last = at
        if let places {
            guard let seen = try places.lose(user, from: session, at: at, in: connection) else {
                return transaction.show(.gone(user, from: places.node, in: session))
            }
            last = seen
            transaction.show(.lost(user, at: places.node, in: session))
        }
        try AttendanceStore.hold(session: session, user: user, at: last, in: connection)
    }

    func depart(_ user: Int64, from session: Int64, at: Timestamp, in transaction: JournalTransaction) throws {
        if let places {
            let isNowhere = try places.leave(user, from: session, in: transaction.connection)
            transaction.show(.gone(user, from: places.node, in: session))
            guard isNowhere else { return }
        }
        try AttendanceStore.depart(session: session, user: user, at: at, in: transaction.connection)
        // Presence has let it go already, unless it was raised by a command that was still under way then.
        transaction.show(.hand(of: user, at: nil, in: session))
    }

    func holdAll(in connection: any SQLConnection) throws -> [KeptPlace] {
        try AttendanceStore.holdAll(in: connection).map { seat in
            KeptPlace(
                session: seat.session, entry: Presence.Entry(person: seat.person, role: seat.role), hand: seat.hand
            )
        }
    }

    func beat(at: Timestamp, in connection: any SQLConnection) throws -> Int {
        try AttendanceStore.beat(at: at, node: places?.node, in: connection)
    }
}

// MARK: - Several hubs

extension StoredRegister {
    /// Notes that somebody is connected here, and tells the other hubs when that is news.
    private func take(_ entry: Presence.Entry, in session: Int64, _ transaction: JournalTransaction) throws {
        guard let places else { return }
        let (isNew, gone) = try places.come(
            entry.person.id, as: entry.role, to: session, in: transaction.connection
        )
        if isNew {
            let hand = try HandStore.place(of: entry.person.id, in: session, transaction.connection)
            transaction.show(.came(entry, at: places.node, hand: hand, in: session))
        }
        tell(gone, in: transaction)
    }

    func change(_ entry: Presence.Entry, in session: Int64, _ transaction: JournalTransaction) throws {
        try places?.change(entry.person.id, to: entry.role, in: session, transaction.connection)
        transaction.show(.entry(entry, in: session))
    }

    func takeOver(from node: String, seen: Timestamp, in transaction: JournalTransaction) throws -> [KeptPlace] {
        guard let places else { return [] }
        let connection = transaction.connection
        let before = Set(try PlaceStore.all(in: connection).filter { $0.node == node }.map(PlaceKey.init))
        let gone = try places.takeOver(from: node, seen: seen, in: connection)
        let kept = try PlaceStore.all(in: connection).filter {
            $0.node == places.node && before.contains(PlaceKey($0))
        }
        for place in kept where node != places.node {
            let entry = Presence.Entry(person: place.person, role: place.role)
            transaction.show(.held(entry, at: places.node, hand: place.hand, in: place.session))
            transaction.show(.gone(place.person.id, from: node, in: place.session))
        }
        tell(gone, in: transaction)
        // Places may also have gone with their person or their class, of which nobody was left to tell.
        if node != places.node { transaction.nodeEmptied(node) }
        return kept.map(KeptPlace.init(own:))
    }

    private func tell(_ gone: [PlaceStore.Gone], in transaction: JournalTransaction) {
        for place in gone { transaction.show(.gone(place.user, from: place.node, in: place.session)) }
    }

    func places(in connection: any SQLConnection) throws -> [KeptPlace] {
        try PlaceStore.all(in: connection).map { place in
            var kept = KeptPlace(own: place)
            kept.node = place.node == places?.node ? nil : place.node
            return kept
        }
    }

    func adoptSeats(in connection: any SQLConnection) throws {
        if places != nil { try PlaceStore.adopt(in: connection) }
    }

    func forgetWork(in connection: any SQLConnection) throws {
        if let places { try ImportTurn.giveBack(by: places.node, in: connection) }
    }

    func orphans(in connection: any SQLConnection) throws -> [String] {
        places == nil ? [] : try PlaceStore.orphaned(in: connection)
    }
}

private struct PlaceKey: Hashable {
    let session: Int64
    let user: Int64

    init(_ place: PlaceStore.Place) { (session, user) = (place.session, place.person.id) }
}

extension KeptPlace {
    fileprivate init(own place: PlaceStore.Place) {
        self.init(
            session: place.session, entry: Presence.Entry(person: place.person, role: place.role), hand: place.hand
        )
    }
}
