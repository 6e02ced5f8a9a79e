/// One sentence in every language.
struct Localized: Sendable, Equatable {
    let english: String
    let french: String

    init(en english: String, fr french: String) {
        self.english = english
        self.french = french
    }

    subscript(_ language: Language) -> String {
        switch language {
        case .english: english
        case .french: french
        }
    }
}
