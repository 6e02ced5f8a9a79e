package import Database

/// Stands between the writer and its items in tests. A hub that serves has none and runs each item once, on the
/// writer's own connection.
package protocol JournalDriver: Sendable {
    /// The connection that an item is given.
    func connection(_ connection: any SQLConnection, for scope: JournalScope) -> any SQLConnection

    /// Called before an item runs for good.
    ///
    /// - Parameter run: runs the item, inside a transaction of which nothing may stay.
    func rehearse(on connection: any SQLConnection, _ run: () throws -> Void) throws
}
