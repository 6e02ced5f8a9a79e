internal import CLibwebsockets
internal import Glibc

/// Connections that were answered unheard, on their way out: the end is announced, and what the peer still sends is
/// thrown away.
///
/// Closing a socket that has unread bytes sends a reset, and the reset takes the answer away from a peer that has not
/// read it yet. There are never more than `most`: for one more the longest silent one is closed. Each goes when its
/// peer ends, is silent for `silence`, or has sent for `time`. Everything is O(1) for each connection. It lives on the
/// door's thread.
struct LingeringSockets {
    static let most = 32
    /// Thrown away in one go; then the others get their turn.
    private static let turn: Int = 1024 * 1024

    private struct Socket {
        let fd: Int32
        let end: Duration
        var silentAt: Duration
    }

    private let silence: Duration
    private let time: Duration
    private let epoll: Int32
    private var sockets: [UInt64: Socket] = [:]
    /// By how long they are silent.
    private var order = ArrivalOrder<UInt64>()

    init(silence: Duration, time: Duration, epoll: Int32) {
        self.silence = silence
        self.time = time
        self.epoll = epoll
    }

    var isEmpty: Bool { sockets.isEmpty }

    /// Takes over a socket to which everything is written. `name`: by which `epoll` will report it.
    mutating func add(_ fd: Int32, as name: UInt64, at now: Duration) {
        if sockets.count >= Self.most { closeLongestSilent() }
        shutdown(fd, Int32(SHUT_WR))
        sockets[name] = Socket(fd: fd, end: now + time, silentAt: now + silence)
        order.append(name)
        amphi_epoll_add_reader(epoll, fd, name)
    }

    /// Something has come. False: no such name.
    mutating func hear(_ name: UInt64, at now: Duration) -> Bool {
        guard var socket = sockets[name] else { return false }
        let count = amphi_discard(socket.fd, Self.turn)
        guard count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR)), now < socket.end else {
            close(name)
            return true
        }
        socket.silentAt = now + silence
        sockets[name] = socket
        order.append(name)
        return true
    }

    mutating func closeSilent(at now: Duration) {
        while let name = order.first, let socket = sockets[name], socket.silentAt <= now { close(name) }
    }

    /// False: there is none.
    @discardableResult
    mutating func closeLongestSilent() -> Bool {
        guard let name = order.first else { return false }
        close(name)
        return true
    }

    mutating func closeAll() { while closeLongestSilent() {} }

    private mutating func close(_ name: UInt64) {
        order.remove(name)
        if let socket = sockets.removeValue(forKey: name) { closeDescriptor(socket.fd) }
    }
}
