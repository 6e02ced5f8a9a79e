import StrictJSON

/// The events of materials and of the task. What they say is kept as long as it is up: after that they are tombstones.
extension EventKind {
    static let materialAdded = EventKind(
        "material.added",
        content: { session, rows, connection in
            try MaterialStore.contents(session: session, rows, in: connection)
        }
    )
    static let materialRemoved = EventKind("material.removed")
    static let taskSet = EventKind(
        "task.set",
        content: { session, rows, connection in
            let task = try MaterialStore.task(session: session, in: connection)
            return rows.reduce(into: [:]) { contents, row in
                // The payload of one that took the task away says so.
                guard row.payload["text"] == nil else { return }
                contents[row.seq] = row.seq == task?.seq ? ["text": .optional(task?.text)] : ["replaced": true]
            }
        }
    )

    static let materials = [materialAdded, materialRemoved, taskSet]
}
