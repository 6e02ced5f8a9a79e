internal import CLibwebsockets
internal import Glibc
import Logging
import Synchronization

/// Accepts connections and hands them to the loops in turn; lives on its thread.
///
/// It never spins and keeps nothing without a bound. A connection counts from `accept` on, in all and for its address.
/// One that comes faster than its address may open them waits here for its turn, and goes when its peer goes. When the
/// server is full, the longest idle HTTP connection makes room. Out of descriptors it does the same, and gives its
/// spare one to accept and close a connection when nobody is idle.
final class Doorkeeper {
    private struct Newcomer {
        var fd: Int32
        var address: String
        /// Nil: no limit per address counts it.
        var key: AddressKey?
    }

    /// What is told in two log lines, however often it happens.
    private enum Trouble: CaseIterable {
        case full, crowdedAddress, delayed, noDescriptors

        var beginning: (level: Logger.Level, text: Logger.Message) {
            switch self {
            case .full: (.warning, "full: a newcomer takes the place of the longest idle connection, or is refused")
            case .crowdedAddress: (.warning, "an address has as many connections as it may: more are refused")
            case .delayed: (.notice, "an address opens connections too fast: they wait")
            case .noDescriptors: (.error, "no file descriptors left: connections are closed")
            }
        }

        var end: Logger.Message {
            switch self {
            case .full: "no longer full"
            case .crowdedAddress: "no address has too many connections any more"
            case .delayed: "no address opens connections too fast any more"
            case .noDescriptors: "there are file descriptors again"
            }
        }
    }

    private static let listenerName: UInt64 = 0
    private static let wakeName: UInt64 = 1
    /// Accepted in one go; then the others get their turn.
    private static let batch = 64

    private let listener: Int32
    private let wake: Int32
    private let isControl: Bool
    private let loops: [EventLoop]
    private let core: ServerCore
    private let limits: ConnectionLimits
    private let clock = ContinuousClock()
    private let start = ContinuousClock().now
    private let epoll = amphi_epoll()
    private var spare = Doorkeeper.openSpare()
    private var line: WaitingLine
    private var waiting: [UInt64: Newcomer] = [:]
    private var lingering: LingeringSockets
    private var nextName: UInt64 = 2
    private var nextLoop = 0
    private var episodes: [Trouble: Episode] = [:]

    init(listener: Int32, wake: Int32, isControl: Bool, loops: [EventLoop], core: ServerCore) {
        self.listener = listener
        self.wake = wake
        self.isControl = isControl
        self.loops = loops
        self.core = core
        limits = core.limits.withLock(\.self)
        line = WaitingLine(rate: core.configuration.connectionsPerSecondPerAddress)
        lingering = LingeringSockets(
            silence: core.configuration.lingerTimeout, time: core.configuration.bodyTimeout, epoll: epoll)
    }

    func run(until isStopped: () -> Bool) {
        amphi_epoll_add_reader(epoll, listener, Self.listenerName)
        amphi_epoll_add_reader(epoll, wake, Self.wakeName)
        while !isStopped() {
            for name in line.called(at: now) { enter(name) }
            tellEnds()
            lingering.closeSilent(at: now)
            for name in ready() {
                switch name {
                case Self.listenerName: acceptSome()
                case Self.wakeName: break
                default: if !lingering.hear(name, at: now) { peerHasGone(name) }
                }
            }
        }
        for newcomer in waiting.values { turnAway(newcomer) }
        lingering.closeAll()
        tellEnds(isLast: true)
        if spare >= 0 { closeDescriptor(spare) }
        closeDescriptor(epoll)
    }

    private var now: Duration { clock.now - start }

    /// Waits; the names of what has happened.
    private func ready() -> [UInt64] {
        var names = [UInt64](repeating: 0, count: Self.batch)
        let isWatching = !lingering.isEmpty || episodes.values.contains(where: \.isOpen)
        let patience: Int32 = line.isEmpty ? (isWatching ? 1000 : -1) : 10
        let count = unsafe amphi_epoll_wait(epoll, &names, Int32(names.count), patience)
        return Array(names.prefix(max(0, Int(count))))
    }

    // MARK: Newcomers

    private func acceptSome() {
        for _ in 0..<Self.batch {
            var storage = sockaddr_storage()
            let fd = unsafe amphi_accept(listener, &storage)
            guard fd < 0 else {
                admit(fd, SocketAddress(storage).text)
                continue
            }
            if errno == EMFILE || errno == ENFILE { shedOne() }
            if errno != ECONNABORTED && errno != EINTR { return }
        }
    }

    private func admit(_ fd: Int32, _ address: String) {
        let configuration = core.configuration
        let isLimited = !isControl && !configuration.isUnlimited(address)
        let newcomer = Newcomer(fd: fd, address: address, key: isLimited ? AddressKey(address) : nil)
        if let key = newcomer.key, !core.addresses.take(key, limit: limits.perAddress) {
            core.counters.connectionRefused()
            happened(.crowdedAddress, address)
            return refuse(fd)
        }
        guard makeRoom() else {
            if let key = newcomer.key { core.addresses.giveBack(key) }
            return refuse(fd)
        }
        if let key = newcomer.key {
            let name = nextName
            nextName += 1
            guard line.arrived(name, from: key, at: now) else {
                waiting[name] = newcomer
                amphi_epoll_add_end(epoll, fd, name)
                return happened(.delayed, address)
            }
        }
        handOver(newcomer)
    }

    /// Counts one more connection. False: there is no place for it.
    private func makeRoom() -> Bool {
        if core.counters.connectionOpened(limit: isControl ? .max : limits.total) { return true }
        happened(.full)
        guard evictLongestIdle() else {
            core.counters.connectionRefused()
            return false
        }
        // Until the other one is closed, in the next turn of its loop, there is one too many.
        return core.counters.connectionOpened(limit: .max)
    }

    private func evictLongestIdle() -> Bool {
        guard let name = core.idle.takeLongestIdle() else { return false }
        return loops[name.loop].tryExecute { loop in
            loop.peers[name.peer]?.evict(on: loop)
        }
    }

    // MARK: Those who wait

    /// Its turn has come.
    private func enter(_ name: UInt64) {
        guard let newcomer = waiting.removeValue(forKey: name) else { return }
        amphi_epoll_remove(epoll, newcomer.fd)
        handOver(newcomer)
    }

    /// A peer that has said its end while it waited wants nothing any more: what it has sent before is not read.
    private func peerHasGone(_ name: UInt64) {
        guard let newcomer = waiting.removeValue(forKey: name) else { return }
        line.left(name)
        turnAway(newcomer)
    }

    private func turnAway(_ newcomer: Newcomer) {
        core.counters.connectionClosed()
        if let key = newcomer.key { core.addresses.giveBack(key) }
        closeDescriptor(newcomer.fd)
    }

    private func handOver(_ newcomer: Newcomer) {
        let (fd, configuration) = (newcomer.fd, core.configuration)
        amphi_set_option(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if let bytes = configuration.sendBufferBytes { amphi_set_option(fd, SOL_SOCKET, SO_SNDBUF, bytes) }
        let loop = loops[nextLoop % loops.count]
        nextLoop += 1
        let (core, address, key, isSecure) = (core, newcomer.address, newcomer.key, isSecure)
        let isTaken = loop.tryExecute { loop in
            loop.welcome(fd, from: address, counted: key, isSecure: isSecure, core: core)
        }
        if !isTaken { turnAway(newcomer) }
    }

    private var isSecure: Bool { core.configuration.tls != nil && !isControl }

    // MARK: Refusing

    /// 503 without reading a request; over TLS just the end.
    private func refuse(_ fd: Int32) {
        guard !isSecure else { return closeDescriptor(fd) }
        var response = core.response(to: .unavailable, nil)
        core.router.finish(nil, &response)
        let encoder = ResponseEncoder(closes: true, confirmsKeepAlive: false, omitsBody: false, date: HTTPDate.now())
        let bytes = encoder.encode(response)
        _ = unsafe bytes.withUnsafeBytes { unsafe amphi_send_now(fd, $0.baseAddress, $0.count) }
        lingering.add(fd, as: nextName, at: now)
        nextName += 1
    }

    /// A descriptor that is kept for the moment when there are none left.
    private static func openSpare() -> Int32 { unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// With no descriptor left the backlog would stay readable and the thread would spin: the longest idle connection
    /// gives its own, or one connection of the backlog is closed; and the others get time.
    private func shedOne() {
        happened(.noDescriptors)
        if !lingering.closeLongestSilent(), !evictLongestIdle() {
            if spare >= 0 { closeDescriptor(spare) }
            var storage = sockaddr_storage()
            let fd = unsafe amphi_accept(listener, &storage)
            if fd >= 0 { closeDescriptor(fd) }
            spare = Self.openSpare()
        }
        var entry = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        unsafe poll(&entry, 1, 50)
        errno = EMFILE
    }

    // MARK: The log

    private func happened(_ trouble: Trouble, _ address: String? = nil) {
        guard episodes[trouble, default: Episode()].happened(at: now) else { return }
        let (level, text) = trouble.beginning
        core.logger.log(level: level, text, metadata: address.map { ["address": "\($0)"] } ?? [:])
    }

    private func tellEnds(isLast: Bool = false) {
        for trouble in Trouble.allCases {
            guard let count = episodes[trouble]?.ended(at: now, isLast: isLast) else { continue }
            core.logger.log(
                level: trouble.beginning.level == .notice ? .notice : .warning, trouble.end,
                metadata: ["connections": "\(count)"])
        }
    }
}
