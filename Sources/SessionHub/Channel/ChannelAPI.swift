import Database
import StrictJSON
import WebSocketServer

/// The commands of the channel, as `API` has the routes of REST. What features add here is looked up, decoded, limited,
/// carried out and answered in the same way for all.
///
/// Everything that tells of commands follows from this table: which types are known, what the welcome permits to whom,
/// and what Protocol.md and the access matrix must have a line for.
struct ChannelAPI: Sendable {
    /// Who may give a command.
    enum Callers: Sendable {
        /// Everybody in the class.
        case members
        case hosts
        /// Hosts who teach the course: a co-host of the class alone is none of them.
        case teachers
    }

    /// Reads a command's members. Throws `invalid_field`.
    typealias Decode<Input> = @Sendable (Fields) throws(HubError) -> Input

    /// Something that a page may offer to a person: a command, or a part of one.
    private struct Permission {
        let name: String
        let callers: Callers
    }

    private struct Command: Sendable {
        let prepare: @Sendable (Fields) throws(HubError) -> ChannelWork
    }

    private var commands: [String: Command] = [:]
    private var permissions: [Permission] = []
    private var states: [@Sendable () -> EphemeralCell] = []
    private var homeChanges: [String: @Sendable (SessionChannel, HomeChange) -> Void] = [:]

    init() {}

    // MARK: - What features add

    /// Adds a command that is carried out in the writer's transaction, in the order in which the session's commands
    /// came.
    ///
    /// What somebody is to the class must be read in that transaction, which this method does not do. Features add
    /// their commands by the `write` that does so and holds the caller to `callers` (Sessions,
    /// `ChannelAPI+Access.swift`).
    ///
    /// - Parameters:
    ///   - limit: how often the command may be given; nil when only the limit of frames counts.
    ///   - touch: changes states that nobody stores, at once and before the write.
    ///   - run: returns the reply's `ok`; throws a `HubError` to refuse.
    mutating func write<Input: Sendable>(
        _ name: String, for callers: Callers, limit: RateLimit?, decode: @escaping Decode<Input>,
        clientID: (@Sendable (Input) -> String)?,
        touch: (@Sendable (Input, ChannelCall, EphemeralStates) -> Void)?,
        run: @escaping @Sendable (Input, ChannelCall, JournalTransaction) throws -> JSON
    ) {
        add(name, for: callers) { fields throws(HubError) -> ChannelWork in
            let input = try decode(fields)
            let write = ChannelWrite(
                limit: limit,
                post: { call in
                    clientID.map { PostKey(session: call.session, user: call.caller.userID, clientID: $0(input)) }
                },
                touch: { call, states in touch?(input, call, states) },
                run: { call, transaction in try run(input, call, transaction) }
            )
            return .write(write)
        }
    }

    /// Adds a type of state that nobody stores. Each class has a state of its own.
    mutating func state<State: EphemeralState>(_ type: State.Type) {
        states.append { EphemeralCellOf<State>() }
    }

    /// Adds a kind of `HomeChange`.
    ///
    /// - Parameter make: makes it, on the session's home loop.
    mutating func home(_ name: String, _ make: @escaping @Sendable (SessionChannel, HomeChange) -> Void) {
        precondition(homeChanges[name] == nil, "\(name) is a change already")
        homeChanges[name] = make
    }

    /// Adds a command that changes a state that nobody stores.
    ///
    /// - Parameters:
    ///   - limit: how often the command may be given; nil when only the limit of frames counts.
    ///   - work: returns the reply's `ok`; runs on the session's home loop.
    mutating func change<Input: Sendable, State: EphemeralState>(
        _ name: String, for callers: Callers, of type: State.Type, limit: RateLimit? = nil,
        decode: @escaping Decode<Input>,
        work: @escaping @Sendable (Input, ChannelCall, inout State) throws(HubError) -> JSON
    ) {
        add(name, for: callers) { fields throws(HubError) -> ChannelWork in
            let input = try decode(fields)
            let change = ChannelChange(
                callers: callers, limit: limit, command: Self.told(fields)
            ) { call, states throws(HubError) in
                try states.change(type) { state throws(HubError) in try work(input, call, &state) }
            }
            return .change(change)
        }
    }

    /// A command as other hubs are told it: its type and what is short of its members, because nobody has looked at
    /// those that it does not know.
    private static func told(_ fields: Fields) -> JSON {
        let members = fields.object.members.filter { member in
            member.name != "ref" && member.name.utf8.count <= 32 && member.value.encoded().count <= 64
        }
        return .object(JSONObject(members.prefix(8).map { ($0.name, $0.value) }))
    }

    /// Adds a command that reads the store, off the loop.
    ///
    /// - Parameter work: returns the reply's `ok`.
    mutating func read<Input: Sendable>(
        _ name: String, for callers: Callers, decode: @escaping Decode<Input>,
        work: @escaping @Sendable (Input, ChannelReader, any SQLConnection) throws -> JSON
    ) {
        add(name, for: callers) { fields throws(HubError) -> ChannelWork in
            let input = try decode(fields)
            let read = ChannelRead(callers: callers) { reader, connection in try work(input, reader, connection) }
            return .read(read)
        }
    }

    /// Adds a permission that is no command of its own.
    mutating func permit(_ name: String, for callers: Callers) {
        permissions.append(Permission(name: name, callers: callers))
    }

    /// Adds a command of the channel itself, which its connection carries out.
    mutating func connection<Input: Sendable>(
        _ name: String, decode: @escaping Decode<Input>,
        work: @escaping @Sendable (Input, ClientSocket, Int64, isolated EventLoop) -> Void
    ) {
        add(name, for: .members) { fields throws(HubError) -> ChannelWork in
            let input = try decode(fields)
            return .connection { socket, ref, loop in work(input, socket, ref, loop) }
        }
    }

    /// Adds the command that comes before all others. It is no permission: whoever reads permissions has given it
    /// already.
    mutating func hello(_ name: String, decode: @escaping Decode<Hello>) {
        let command = Command { fields throws(HubError) -> ChannelWork in .hello(try decode(fields)) }
        commands[name] = command
    }

    private mutating func add(
        _ name: String, for callers: Callers, _ prepare: @escaping @Sendable (Fields) throws(HubError) -> ChannelWork
    ) {
        precondition(commands[name] == nil, "\(name) is a command already")
        commands[name] = Command(prepare: prepare)
        permit(name, for: callers)
    }

    // MARK: - What follows from the table

    /// The types that a client may send.
    var names: Set<String> { Set(commands.keys) }

    /// The names in `welcome.me.permissions`, for the page to know what to offer. The server decides again at each
    /// command.
    func permissions(isHost: Bool, isTeacher: Bool) -> [String] {
        let forAll = permissions.filter { $0.callers == .members }
        let forHosts = permissions.filter { $0.callers == .hosts && isHost || $0.callers == .teachers && isTeacher }
        return (forAll + forHosts).map(\.name)
    }

    /// What a frame asks for. Throws `unknown_type` or `invalid_field`.
    func work(for command: ClientCommand) throws(CommandRefusal) -> ChannelWork {
        do throws(HubError) {
            guard let known = commands[command.type] else {
                throw HubError(
                    .unknownType, field: "type",
                    Localized(
                        en: "\(command.type) is not a command of this hub.",
                        fr: "\(command.type) n’est pas une commande de ce hub."
                    )
                )
            }
            return try known.prepare(command.fields)
        } catch {
            throw CommandRefusal(ref: command.ref, error: error)
        }
    }

    /// Makes a change of what a class shows. One that this hub does not know comes from a newer one, and is left out.
    func make(_ change: HomeChange, in channel: SessionChannel) { homeChanges[change.name]?(channel, change) }

    /// The states of a class before anything has happened there.
    func makeStates() -> EphemeralStates { EphemeralStates(states.map { $0() }) }
}

/// Who gives a command, and to which class.
struct ChannelCall: Sendable {
    let session: Int64
    let caller: Caller
    /// Whether the class is live, as far as its channel has heard. What is written asks the store instead.
    let isLive: Bool
    /// The time of the command by the steady clock, which nobody sets.
    let steady: Timestamp
}

/// For whom something is read, with the rights of the transaction that reads.
struct ChannelReader: Sendable {
    let session: Int64
    let user: Int64
    let isHost: Bool
}

/// A decoded command: what is to be done, and in which place.
enum ChannelWork: Sendable {
    case hello(Hello)
    case write(ChannelWrite)
    case change(ChannelChange)
    case read(ChannelRead)
    case connection(@Sendable (ClientSocket, Int64, isolated EventLoop) -> Void)
}

struct ChannelWrite: Sendable {
    let limit: RateLimit?
    /// What names the post that is written; nil for anything else.
    let post: @Sendable (ChannelCall) -> PostKey?
    let touch: @Sendable (ChannelCall, EphemeralStates) -> Void
    let run: @Sendable (ChannelCall, JournalTransaction) throws -> JSON
}

struct ChannelChange: Sendable {
    let callers: ChannelAPI.Callers
    let limit: RateLimit?
    /// The command itself, to be made at other hubs too.
    let command: JSON
    let run: @Sendable (ChannelCall, EphemeralStates) throws(HubError) -> JSON
}

struct ChannelRead: Sendable {
    let callers: ChannelAPI.Callers
    let run: @Sendable (ChannelReader, any SQLConnection) throws -> JSON
}
