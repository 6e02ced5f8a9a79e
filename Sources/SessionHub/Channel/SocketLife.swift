import StrictJSON

/// The life of one connection to a class, as rules: what each thing that happens to it asks of its `ClientSocket`.
///
///     opened --hello--> admitting --welcome--> joined
///        \                  \                    \
///         `------------------`--------------------`---> closing
///
/// Pure: times and answers come in with what happens, and nothing is done here but to decide. The first reason to close
/// wins.
struct SocketLife {
    /// What the connection must do, in the order given.
    enum Action: Equatable {
        /// Call `waited` in so many milliseconds. A connection waits for one thing at a time: a new wait replaces the
        /// one before.
        case wait(Int64)
        case stopWaiting
        /// Read the first frame, which must be the hello.
        case readHello([UInt8])
        /// Ask the session's channel to let the person in.
        indirect case arrive(SessionChannel.Arrival)
        case perform([UInt8])
        /// Take a frame that came after the hello as if it came now.
        case receive([UInt8])
        /// Send what has come since the welcome was read.
        case catchUp
        indirect case reply(Int64?, Result<JSON, HubError>)
        case announceTokenEnd(in: Int64)
        case announceDegraded(Bool)
        case announceGap(from: Int64, to: Int64)
        /// Read the page of the journal that follows the reader's position.
        case readPage
        /// Ask the store what this person may do now.
        case askAccess
        /// Tell the channel that the person's name or role has changed.
        case tellChange(Presence.Entry)
        /// Send what was held back while the person's rights were asked for, as somebody who is no host sees it; to an
        /// outsider only what was there when they were asked for.
        case showRest(isOutsider: Bool)
        /// Say why, and close.
        case bye(CloseCode, after: Int64)
        /// Give up the place in the feed. When it was `counted`, give up the one in the channel too.
        case leave(counted: Bool)
    }

    private enum Phase {
        /// No hello has come yet. `headerCaller` was proved at the upgrade by the Authorization header.
        indirect case opened(headerCaller: Caller?, isVersionSupported: Bool)
        /// The hello is on its way through the store. Frames that came after it wait.
        case admitting(pipelined: [[UInt8]])
        case joined
        /// A bye was sent, or the connection is gone.
        case closing
    }

    /// How many frames may wait after a hello.
    private static let mostPipelined = 32
    /// The milliseconds before a token's end at which the end is announced, and the longest wait without another look
    /// at it.
    private static let (tokenWarning, longestWait): (Int64, Int64) = (60_000, 3_600_000)
    /// The milliseconds after which a client may come back that sent too much before its welcome, or for whom a page of
    /// the journal could not be read.
    private static let pause: Int64 = 1000
    /// The milliseconds after which somebody sent away for a flood of frames may come back.
    private static let pauseAfterFlood: Int64 = 5000

    let session: Int64
    /// The person whom the hello has named, with what the Directory knows of them once they are admitted.
    private(set) var caller: Caller?
    /// The person as the class sees them, once they are admitted.
    private(set) var entry: Presence.Entry?
    /// Whether the session's channel counts this connection and must hear of its end.
    private(set) var isCounted = false

    private var phase: Phase
    /// When the token ends, by the steady clock.
    private var tokenEnd: Timestamp?
    /// Whether the store is being asked what this person may do, and whether something has changed since it was asked.
    private var isCheckingAccess = false
    private var mustCheckAgain = false
    private var isToldDegraded = false
    private var isReadingJournal = false
    /// The seq up to which a gap was announced.
    private var gapEnd: Int64 = 0

    init(session: Int64, headerCaller: Caller?, isVersionSupported: Bool) {
        self.session = session
        phase = .opened(headerCaller: headerCaller, isVersionSupported: isVersionSupported)
    }

    var isAdmitting: Bool {
        if case .admitting = phase { true } else { false }
    }

    var isJoined: Bool {
        if case .joined = phase { true } else { false }
    }

    /// Whether events and presence may be written, as far as the connection takes them. Nothing is while the store is
    /// asked what the person may do now: what was committed with the change, or after it, is for their new rights.
    var isReading: Bool { isJoined && !isReadingJournal && !isCheckingAccess }

    // MARK: - The way in

    /// - Parameter helloWait: the milliseconds within which the hello must come.
    mutating func opened(helloWait: Int64) -> [Action] {
        if case .opened(_, isVersionSupported: false) = phase { return bye(.unsupportedVersion) }
        return [.wait(helloWait)]
    }

    mutating func received(_ message: [UInt8]) -> [Action] {
        switch phase {
        case .opened: return [.readHello(message)]
        case .admitting(let pipelined):
            guard pipelined.count < Self.mostPipelined else { return bye(.tooManyRequests, after: Self.pause) }
            phase = .admitting(pipelined: pipelined + [message])
            return []
        case .joined: return [.perform(message)]
        case .closing: return []
        }
    }

    /// Called when the first frame is no command, or another one than hello.
    mutating func missedHello(_ ref: Int64?, _ error: HubError) -> [Action] {
        [.reply(ref, .failure(error))] + bye(.noHello)
    }

    /// Called for a hello of somebody who has been welcomed.
    func saidHelloAgain(_ ref: Int64) -> [Action] {
        let error = HubError(.conflict, Localized(en: "Hello was said already.", fr: "Hello a déjà été dit."))
        return [.reply(ref, .failure(error))]
    }

    /// Called when the person has sent so many frames that waiting was no answer any more.
    mutating func flooded() -> [Action] { bye(.tooManyRequests, after: Self.pauseAfterFlood) }

    /// - Parameter named: the person whom the hello's token proves; nil when it has none.
    mutating func saidHello(
        _ origin: CommandOrigin, resume: Hello.Resume?, as named: Result<Caller?, HubError>, at moment: HubClock.Moment
    ) -> [Action] {
        guard case .opened(let headerCaller, _) = phase else { return [] }
        do throws(HubError) {
            guard let caller = try named.get() ?? headerCaller else {
                throw HubError(.unauthenticated, field: "token")
            }
            guard caller.role != .service, opensSession(caller) else { throw HubError(.forbidden) }
            take(caller, at: moment)
            phase = .admitting(pipelined: [])
            return [.stopWaiting, .arrive(SessionChannel.Arrival(origin: origin, caller: caller, resume: resume))]
        } catch {
            return refused(origin.ref, error)
        }
    }

    /// A token of the hub's own may open one session only.
    private func opensSession(_ caller: Caller) -> Bool {
        caller.channelSession == nil || caller.channelSession == session
    }

    private mutating func take(_ caller: Caller, at moment: HubClock.Moment) {
        self.caller = caller
        tokenEnd = moment.steady + (caller.expiresAt - moment.wall)
    }

    /// Called when the hello was refused, for its token or by the store.
    mutating func refused(_ ref: Int64, _ error: HubError) -> [Action] {
        [.reply(ref, .failure(error))] + bye(CloseCode(refusing: error.code), after: error.retryAfter ?? 0)
    }

    /// Called when the store has let the person in. The welcome is still to be read.
    mutating func admitted(_ caller: Caller, as entry: Presence.Entry) {
        isCounted = true
        self.caller = caller
        self.entry = entry
    }

    /// Called when the welcome was sent.
    ///
    /// - Parameter current: the person as of the welcome. When they differ from the admission, something changed in
    ///   between: the signal of it may have come before this connection could be found by its person.
    mutating func welcomed(as current: Presence.Entry, now: Timestamp) -> [Action] {
        guard case .admitting(let pipelined) = phase else { return [] }
        phase = .joined
        var actions = watchToken(now: now)
        if current != entry { actions += checkAccess() }
        return actions + pipelined.map(Action.receive) + [.catchUp]
    }

    // MARK: - Authority that changes

    /// Called when the time of `wait` is over.
    mutating func waited(now: Timestamp) -> [Action] {
        switch phase {
        case .opened: bye(.slowHandshake)
        case .joined: watchToken(now: now)
        case .admitting, .closing: []
        }
    }

    /// Announces the token's end a minute before, and says bye at it.
    private mutating func watchToken(now: Timestamp) -> [Action] {
        guard isJoined, let tokenEnd else { return [] }
        let left = tokenEnd - now
        if left <= 0 { return bye(.tokenExpired) }
        guard left <= Self.tokenWarning else { return [.wait(min(left - Self.tokenWarning, Self.longestWait))] }
        return [.announceTokenEnd(in: left), .wait(left)]
    }

    /// Refuses a newer token of somebody else, or for another session.
    func requireSamePerson(_ fresh: Caller) throws(HubError) {
        guard fresh.userID == caller?.userID, opensSession(fresh) else { throw HubError(.forbidden, field: "token") }
    }

    /// Called when the store has said that a newer token counts.
    mutating func renewed(_ fresh: Caller, ref: Int64, at moment: HubClock.Moment) -> [Action] {
        take(fresh, at: moment)
        let answer: JSON = ["expires_at": .string(fresh.expiresAt.text)]
        return watchToken(now: moment.steady) + [.reply(ref, .success(answer))] + checkAccess()
    }

    /// Called when something that decides what this person may do has changed. Only one question is under way at a
    /// time: two answers could come in the wrong order, and the older one would stay.
    mutating func checkAccess() -> [Action] {
        guard caller != nil else { return [] }
        guard !isCheckingAccess else {
            mustCheckAgain = true
            return []
        }
        (isCheckingAccess, mustCheckAgain) = (true, false)
        return [.askAccess]
    }

    /// Takes the store's answer. A right that has ended closes the connection.
    mutating func accessChecked(_ result: Result<Presence.Entry, HubError>) -> [Action] {
        isCheckingAccess = false
        if mustCheckAgain { return checkAccess() }
        switch result {
        case .failure(let error) where error.code == .storeUnavailable: return [.catchUp]
        case .failure(let error):
            return (isJoined ? [.showRest(isOutsider: true)] : []) + bye(CloseCode(refusing: error.code))
        // The person has been bound to the platform's id and comes back under that one.
        case .success(let current) where current.person.id != caller?.userID: return bye(.resyncNeeded)
        case .success(let current):
            guard isCounted, current != entry else { return [.catchUp] }
            entry = current
            return [.tellChange(current), .catchUp]
        }
    }

    // MARK: - Reading

    /// Called when the connection can take a notice. The client is told once that the store cannot be written, and once
    /// that it can again, only as it is now.
    mutating func degraded(_ isOn: Bool) -> [Action] {
        guard isToldDegraded != isOn else { return [] }
        isToldDegraded = isOn
        return [.announceDegraded(isOn)]
    }

    /// Called when what the reader needs next has left the ring. It gets one notice, and then the events page by page.
    ///
    /// - Parameter last: the newest event in the ring.
    mutating func fellBehind(at cursor: Int64, last: Int64?) -> [Action] {
        isReadingJournal = true
        guard cursor >= gapEnd, let last else { return [.readPage] }
        gapEnd = last
        return [.announceGap(from: cursor + 1, to: last), .readPage]
    }

    /// Called when the client asks faster than it reads its replies. What it has posted is safe, and a resume brings
    /// the rest.
    mutating func overflowed() -> [Action] { bye(.resyncNeeded) }

    /// - Parameter isThere: whether the store gave the page.
    mutating func pageCame(isThere: Bool) -> [Action] {
        isReadingJournal = false
        return isJoined && !isThere ? bye(.resyncNeeded, after: Self.pause) : []
    }

    // MARK: - The end

    /// - Parameter milliseconds: how long the client shall wait before it comes back.
    mutating func bye(_ code: CloseCode, after milliseconds: Int64 = 0) -> [Action] {
        if case .closing = phase { return [] }
        let rest: [Action] = isJoined && isCheckingAccess ? [.showRest(isOutsider: false)] : []
        phase = .closing
        return rest + [.stopWaiting, .bye(code, after: milliseconds)]
    }

    /// Called when the connection is gone.
    mutating func closed() -> [Action] {
        phase = .closing
        defer { isCounted = false }
        return [.stopWaiting, .leave(counted: isCounted)]
    }
}
