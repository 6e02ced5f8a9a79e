package import Database

/// Stands between the writer and its items, for tests: a hub has none and runs each item once, on its connection as it
/// is.
package protocol JournalDriver: Sendable {
    /// The connection that an item is given.
    func connection(_ connection: any SQLConnection, for scope: JournalScope) -> any SQLConnection

    /// Before an item runs for good.
    ///
    /// - Parameter run: runs it, inside a transaction of which nothing may stay.
    func rehearse(on connection: any SQLConnection, _ run: () throws -> Void) throws
}
