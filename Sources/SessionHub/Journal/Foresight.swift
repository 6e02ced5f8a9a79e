import Database

/// What names a post before it is carried out: by whom, in which class, and under which `client_id`.
struct PostKey: Sendable, Hashable {
    let session: Int64
    let user: Int64
    let clientID: String
}

/// Reads for many posts in one statement what each of them would read by itself, and writes in one what they leave.
///
/// A server has most of its work with a statement, not with a row of it: a batch of posts that is read and written
/// together costs it a fraction (`PostBatch`). A file is read in the hub's own process: there each post reads by
/// itself.
/// Both run on the writer's thread, in the batch's transaction.
protocol Foresight: Sendable {
    /// What there is to know of each post, in the order of the keys: a row with what the person is to the class, with
    /// the class's `status`, `clock_shift` and `head_seq`, and with what was posted under the key already. Nil where
    /// the post must look for itself.
    ///
    /// The question leaves with the next statement that is waited for; the closure waits for its answer.
    func look(for posts: [PostKey], in connection: any SQLConnection) throws -> () throws -> [SQLRow?]

    /// Writes what posts have left (`Prospect.leave`), together with the next statement that is waited for.
    func write(_ messages: [[SQLValue]], in connection: any SQLConnection) throws
}
