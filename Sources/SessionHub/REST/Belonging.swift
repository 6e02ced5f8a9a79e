import Database

/// What somebody must be to the course or the class that a route is about: `for: .members`, `for: .hosts`. The feature
/// that knows declares it; what is read to decide is what the route then works with.
struct Belonging<Access: Sendable>: Sendable {
    let place: @Sendable (Call) throws -> Int64
    let check: @Sendable (Int64, Caller, any SQLConnection) throws -> Access
    let checkWriter: @Sendable (Access) throws -> Void

    /// - Parameters:
    ///   - place: the id of the course or the class that a request names.
    ///   - check: what the caller is to it; throws the refusal of whoever may not ask.
    ///   - checkWriter: throws the refusal of whoever may ask, and may change nothing.
    init(
        at place: @escaping @Sendable (Call) throws -> Int64,
        check: @escaping @Sendable (Int64, Caller, any SQLConnection) throws -> Access,
        checkWriter: @escaping @Sendable (Access) throws -> Void = { _ in }
    ) {
        self.place = place
        self.check = check
        self.checkWriter = checkWriter
    }
}
