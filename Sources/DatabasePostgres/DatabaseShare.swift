#if PostgreSQL
/// What a process has of a database.
package enum DatabaseShare: Sendable, Equatable {
    /// All of it: nobody else serves it.
    case alone
    /// It serves the database under this name, beside others.
    case node(String)
}
#endif
