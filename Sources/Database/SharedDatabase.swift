/// A database that several processes write at a time, and over which they call each other.
package protocol SharedDatabase: SQLDatabase {
    /// Tells the hint to every process that hears, this one included, and returns at once.
    ///
    /// Hints come in the order in which one process told them, and any of them may be lost: with a connection, or when
    /// the server takes no more. What must not be lost stands in a table, and a hint only says that it is worth a look.
    ///
    /// - Parameter hint: at most `mostHintBytes` bytes of UTF-8; a longer one is not told.
    func tell(_ hint: String)

    /// Hears hints, until the database is closed.
    ///
    /// - Parameter body: called on a thread of its own with each hint, and with nil whenever hearing has begun anew, so
    ///   that hints before it may be lost. It must not wait for anybody.
    func hear(_ body: @escaping @Sendable (String?) -> Void)

    /// How many connections were made until now to read and to write. When it has grown the server may have started
    /// anew in between, and then shows commits that it had not yet copied to its standbys: nobody was told that they
    /// are done.
    var connectionCount: Int { get }

    /// Makes the connection anew on which hints are heard, because nothing comes any more.
    func hearAnew()
}

extension SharedDatabase {
    /// The server takes less than 8,000 bytes (https://www.postgresql.org/docs/current/sql-notify.html).
    package static var mostHintBytes: Int { 7900 }
}
