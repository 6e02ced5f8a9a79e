extension EventKind {
    /// Somebody whose hand was the first is called to speak.
    static let handCalled = EventKind(
        "hand.called",
        content: { _, rows, connection in try LocalPeople.boundMembers(of: rows, in: connection) }
    )

    static let hands = [handCalled]
}
