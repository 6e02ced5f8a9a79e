extension SessionOperations {
    /// Ends the classes that nobody ends (`endForgotten`).
    func endingChore(clock: HubClock) -> Chore {
        let operations = self
        return Chore(.sessions) { connection in
            let moment = clock.moment
            return try SessionDeadlineStore.candidates(at: moment, windows: operations.windows, in: connection)
                .contains { $0.deadline.action(now: moment.wall, windows: operations.windows) != nil }
        } work: { transaction in
            try operations.endForgotten(in: transaction)
        }
    }
}
