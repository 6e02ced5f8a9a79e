/// One sentence in every language.
package struct Localized: Sendable, Equatable {
    package let english: String
    package let french: String

    package init(en english: String, fr french: String) {
        self.english = english
        self.french = french
    }

    package subscript(_ language: Language) -> String {
        switch language {
        case .english: english
        case .french: french
        }
    }
}
