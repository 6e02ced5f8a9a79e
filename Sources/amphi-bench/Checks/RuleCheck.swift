/// Reads a journal as its host does, and holds it against the class's own rules: nothing of a muted person behind the
/// mute, nothing of members while the chat is locked, and every acknowledged act stands where its answer said.
struct RuleCheck: Sendable {
    /// An act that was acknowledged at `seq`; `userID` is nil for a mode of the chat.
    struct Act: Sendable, Equatable {
        let userID: Int64?
        /// As in `moderation.updated`, or the mode.
        let action: String
        let seq: Int64
    }

    let journal: [SessionEvent]
    let host: Int64

    func check(_ acts: [Act], _ faults: inout HistoryFaults) {
        checkVoices(&faults)
        for act in acts {
            let last = journal.last { event in
                event.seq <= act.seq && (act.userID == nil ? event.chatMode != nil : isRule(event, act))
            }
            let found = act.userID == nil ? last?.chatMode ?? "open" : last?.act?.action ?? "unmute"
            if found != act.action {
                faults.note(
                    .untrue, "\(act.action) of \(act.userID ?? 0) was acknowledged at \(act.seq), \(found) stands")
            }
        }
    }

    /// Of this act's person and kind: a removal neither gives nor takes a voice.
    private func isRule(_ event: SessionEvent, _ act: Act) -> Bool {
        guard let found = event.act, found.userID == act.userID else { return false }
        return (found.action == "remove") == (act.action == "remove")
    }

    private func checkVoices(_ faults: inout HistoryFaults) {
        var (muted, isLocked): (Set<Int64>, Bool) = ([], false)
        for event in journal {
            if let mode = event.chatMode { isLocked = mode == "locked" }
            switch event.act?.action {
            case "mute": muted.insert(event.act?.userID ?? 0)
            case "unmute": muted.remove(event.act?.userID ?? 0)
            default: break
            }
            guard let author = event.author, event.clientID != nil else { continue }
            if muted.contains(author) || isLocked && author != host {
                faults.note(.overheard, "\(author) stands at \(event.seq) without a voice")
            }
        }
    }
}
