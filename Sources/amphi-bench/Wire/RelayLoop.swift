import Glibc

/// The thread of a `Relay`.
final class RelayLoop {
    private struct Station {
        let listener: Int32
        var target: UInt16
        var mode = Relay.Mode.pass
    }

    /// Tags below are listeners, and the bell; from here on two for each link.
    private static let firstLinkTag = 1 << 16
    private static let bellTag = firstLinkTag - 1

    private let loop: EpollLoop
    private let bell: Int32
    private let buffer = ReceiveBuffer(size: 64 * 1024)
    private var stations: [Station]
    private var links: [Int: RelayLink] = [:]
    private var nextLink = 0

    /// Owns the listeners from now on.
    init(listeners: [Int32], targets: [UInt16], bell: Int32) throws(SystemError) {
        loop = try EpollLoop()
        self.bell = bell
        stations = zip(listeners, targets).map { Station(listener: $0, target: $1) }
        try loop.add(descriptor: bell, tag: Self.bellTag, for: .readable)
        for (tag, listener) in listeners.enumerated() { try loop.add(descriptor: listener, tag: tag, for: .readable) }
    }

    deinit {
        for station in stations { close(station.listener) }
    }

    /// One wait and what follows from it.
    ///
    /// - Parameter takeOrders: what was ordered since the last call.
    /// - Returns: false when it shall end.
    func turn(_ takeOrders: () -> [(relay: Int, order: Relay.Order)]) throws(SystemError) -> Bool {
        var isRung = false
        try loop.wait(until: .max / 4) { tag, readiness in
            switch tag {
            case Self.bellTag: isRung = true
            case Self.firstLinkTag...:
                let (link, side) = (tag - Self.firstLinkTag).quotientAndRemainder(dividingBy: 2)
                handle(link, side, readiness)
            default: accept(tag)
            }
        }
        guard isRung else { return true }
        var bytes = [UInt8](repeating: 0, count: 256)
        _ = unsafe read(bell, &bytes, bytes.count)
        for (relay, order) in takeOrders() where !obey(order, at: relay) { return false }
        return true
    }

    private func obey(_ order: Relay.Order, at relay: Int) -> Bool {
        switch order {
        case .close: return false
        case .aim(let port): stations[relay].target = port
        case .cut: drop(of: relay)
        case .set(let mode):
            stations[relay].mode = mode
            if mode == .refuse { drop(of: relay) }
            for (number, link) in links where link.relay == relay { watch(link, number) }
        }
        return true
    }

    private func drop(of relay: Int) { links = links.filter { $0.value.relay != relay } }

    private func accept(_ relay: Int) {
        let station = stations[relay]
        while let client = StreamSocket(acceptedFrom: station.listener) {
            guard station.mode != .refuse,
                let server = try? StreamSocket(to: SocketAddress(loopback: 1, port: station.target))
            else { continue }
            let link = RelayLink(relay: relay, sockets: [client, server])
            links[nextLink] = link
            watch(link, nextLink)
            nextLink += 1
        }
    }

    private func handle(_ number: Int, _ side: Int, _ readiness: EpollLoop.Readiness) {
        guard let link = links[number] else { return }
        if readiness.contains(.writable) { link.flush(side) }
        if !readiness.isDisjoint(with: [.readable, .failed]) { link.receive(side, with: buffer) }
        if link.isOver { links[number] = nil } else { watch(link, number) }
    }

    private func watch(_ link: RelayLink, _ number: Int) {
        let tag = Self.firstLinkTag + number * 2
        do throws(SystemError) {
            try link.watch(in: loop, tag: tag, isHeld: stations[link.relay].mode == .hold)
        } catch {
            links[number] = nil
        }
    }
}
