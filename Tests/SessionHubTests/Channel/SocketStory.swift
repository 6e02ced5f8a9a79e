import StrictJSON
import Testing

@testable import SessionHub

/// One connection's life in a table: what happens, and what the connection must do then.
struct SocketStory: CustomTestStringConvertible {
    typealias Action = SocketLife.Action

    enum Event {
        case opened, closed, page(isThere: Bool), changed, flooded, overflowed, helloAgain
        case received(UInt8)
        case missedHello
        case hello(Result<Caller?, HubError>)
        case refused(HubError)
        case admitted
        case welcomed(Presence.Entry)
        case waited(Int64)
        case renewed(Caller)
        case checked(Result<Presence.Entry, HubError>)
        case degraded(Bool)
        case behind(at: Int64, last: Int64?)
        case bye(CloseCode)
    }

    struct Step {
        let event: Event
        let actions: [Action]

        init(_ event: Event, _ actions: Action...) { (self.event, self.actions) = (event, actions) }
    }

    let name: String
    let steps: [Step]
    var header: Caller?
    var isVersionSupported = true

    var testDescription: String { name }

    /// Ends an hour and a half after the hellos, which come at 0 of both clocks.
    static let end: Int64 = 5_400_000
    static let awa = caller(2)
    static let seen = entry(2)
    static let renamed = entry(2, name: "Awa Marie")
    static let origin = CommandOrigin(socket: 5, loop: 0, ref: 1, bytes: 40)

    static func caller(
        _ user: Int64, role: Caller.Role = .student, channel: Int64? = nil, until end: Int64 = end
    ) -> Caller {
        Caller(
            userID: user, role: role, email: "p\(user)@example.org", issuedAt: Timestamp(milliseconds: 0),
            expiresAt: Timestamp(milliseconds: end), channelSession: channel
        )
    }

    static func entry(_ user: Int64, name: String = "Awa") -> Presence.Entry {
        Presence.Entry(
            person: Person(id: user, firstName: name, lastName: "Ndiaye", avatar: nil), role: .participant
        )
    }

    static func arrive(_ caller: Caller) -> Action {
        .arrive(SessionChannel.Arrival(origin: origin, caller: caller, resume: nil))
    }

    static func failure(_ error: HubError) -> Action { .reply(1, .failure(error)) }

    static func expires(_ milliseconds: Int64) -> Action {
        .reply(1, .success(["expires_at": .string(Timestamp(milliseconds: milliseconds).text)]))
    }

    private func take(_ event: Event, _ life: inout SocketLife) -> [Action] {
        let start = HubClock.Moment(wall: Timestamp(milliseconds: 0), steady: Timestamp(milliseconds: 0))
        switch event {
        case .opened: return life.opened(helloWait: 10_000)
        case .closed: return life.closed()
        case .page(let isThere): return life.pageCame(isThere: isThere)
        case .changed: return life.checkAccess()
        case .flooded: return life.flooded()
        case .overflowed: return life.overflowed()
        case .helloAgain: return life.saidHelloAgain(1)
        case .received(let byte): return life.received([byte])
        case .missedHello: return life.missedHello(1, HubError(.unknownType))
        case .hello(let named): return life.saidHello(Self.origin, resume: nil, as: named, at: start)
        case .refused(let error): return life.refused(1, error)
        case .admitted:
            life.admitted(life.caller ?? Self.awa, as: Self.seen)
            return []
        case .welcomed(let entry): return life.welcomed(as: entry, now: start.steady)
        case .waited(let now): return life.waited(now: Timestamp(milliseconds: now))
        case .renewed(let caller): return life.renewed(caller, ref: 1, at: start)
        case .checked(let result): return life.accessChecked(result)
        case .degraded(let isOn): return life.degraded(isOn)
        case .behind(let cursor, let last): return life.fellBehind(at: cursor, last: last)
        case .bye(let code): return life.bye(code)
        }
    }

    /// Plays the story, and tells where it takes another course.
    @discardableResult
    func play() -> SocketLife {
        var life = SocketLife(session: 8, headerCaller: header, isVersionSupported: isVersionSupported)
        for (index, step) in steps.enumerated() {
            let actions = take(step.event, &life)
            #expect(actions == step.actions, "\(name), step \(index + 1): \(step.event)")
        }
        return life
    }

    /// As far as the class, and on from there.
    static func joined(_ name: String, _ steps: [Step] = []) -> SocketStory {
        let start = [
            Step(.opened, .wait(10_000)), Step(.hello(.success(awa)), .stopWaiting, arrive(awa)), Step(.admitted),
            Step(.welcomed(seen), .wait(3_600_000), .catchUp),
        ]
        return SocketStory(name: name, steps: start + steps)
    }
}
