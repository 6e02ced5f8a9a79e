/// Whether the caller of the request that this task works for still may write. Every `Journal.write` in the task asks
/// in its own transaction: since the request was let in, it may have waited for a slow computation, for its turn or for
/// the disk, and the caller's rights may have ended meanwhile.
struct WriterCheck: Sendable {
    @TaskLocal static var current: WriterCheck?

    /// Throws the refusal of a caller who may not any more.
    let require: @Sendable (JournalTransaction) throws -> Void
}
