/// How far what was written to a peer has come, at one moment: what TCP knows of it.
struct TransportProgress: Equatable {
    /// Bytes that the peer's kernel has acknowledged. They say nothing of the program behind it, or behind a proxy.
    var acknowledged: UInt64
    /// Bytes that the peer's kernel would take beyond those.
    var window: UInt64
    /// What `acknowledged` will be when everything that was written so far has arrived; nil while this process still
    /// holds a part of it.
    var written: UInt64?
    /// Everything sent was acknowledged and the rest waits, because the peer's kernel takes no more: its program does
    /// not read as fast as the hub writes.
    var isHeldBack: Bool

    /// Grows as the peer's kernel takes bytes, and as its program makes room for more.
    var reach: UInt64 { acknowledged + window }
}
