/// A change of what a class shows beside its events: whose hand is up, how many votes a question has. It is made at the
/// class's home after the commit, in the order of commits, whichever way the write came.
///
/// The journal does not know what a home is. The channel does, and what may be changed there (its
/// `JournalTransaction.show`).
package struct HomeChange: Sendable {
    let session: Int64
    let make: @Sendable (any ClassHome) -> Void
}

/// Where a class is shown: its `SessionChannel`.
protocol ClassHome: AnyObject {}
