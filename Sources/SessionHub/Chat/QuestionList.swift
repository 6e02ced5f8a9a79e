import Foundation

/// The questions of a class as a CSV: one line a question, in the language of whoever opens it. In English for
/// programs, in French for a spreadsheet, as the attendance list.
struct QuestionList: Sendable {
    let language: Language
    /// The zone in whose time the list is written.
    let zone: TimeZone
    let hasMark: Bool

    func csv(of questions: [(row: QuestionRow, answers: [QuestionStore.Answer])]) -> [UInt8] {
        var csv = CSV(separator: language == .french ? .semicolon : .comma, hasMark: hasMark)
        csv.add(heading)
        for question in questions { csv.add(cells(question.row, question.answers)) }
        return csv.bytes
    }

    private var heading: [String] {
        switch language {
        case .english:
            [
                "id", "asked_at", "name", "anonymous", "private", "text", "state", "how", "votes", "pinned",
                "merged_into",
                "answers",
            ]
        case .french:
            [
                "Numéro", "Posée le (\(zone.identifier))", "Nom", "Anonyme", "Privée", "Question", "État", "Réponse",
                "Votes", "Épinglée", "Réunie à", "Réponses écrites",
            ]
        }
    }

    private func cells(_ row: QuestionRow, _ answers: [QuestionStore.Answer]) -> [String] {
        let question = row.question
        return [
            String(question.id), language == .english ? row.askedAt.text : zone.cell(row.askedAt),
            question.isAnonymous ? "" : row.asker.name, word(question.isAnonymous), word(question.isPrivate),
            row.text ?? "", language == .english ? question.state.rawValue : Self.french(question.state),
            question.how.map { language == .english ? $0.rawValue : Self.french($0) } ?? "", String(question.votes),
            word(question.isPinned), row.mergedInto.map { String($0) } ?? "",
            answers.map { "\($0.author.name): \($0.text)" }.joined(separator: "\n"),
        ]
    }

    private func word(_ value: Bool) -> String {
        switch language {
        case .english: value ? "true" : "false"
        case .french: value ? "oui" : "non"
        }
    }

    private static func french(_ state: Question.State) -> String {
        switch state {
        case .pending: "à approuver"
        case .open: "ouverte"
        case .answered: "répondue"
        case .dismissed: "écartée"
        case .merged: "réunie à une autre"
        }
    }

    private static func french(_ how: Question.How) -> String {
        switch how {
        case .live: "à l’oral"
        case .written: "par écrit"
        }
    }
}
