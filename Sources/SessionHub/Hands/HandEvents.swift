import StrictJSON

extension EventKind {
    /// Somebody whose hand was the first is called to speak.
    static let handCalled = EventKind(
        "hand.called",
        content: { _, rows, connection in
            // The payload keeps the id of then, and its person may have been bound to another one since.
            try rows.reduce(into: [:]) { contents, row in
                guard let id = row.payload["user_id"]?.integerValue,
                    let bound = try LocalPeople.boundID(id, in: connection)
                else { return }
                contents[row.seq] = ["user_id": .integer(bound)]
            }
        }
    )

    static let hands = [handCalled]
}
