import Testing

@testable import SessionHub

@Suite("Language")
struct LanguageTests {
    @Test(arguments: [
        ("fr", Language.french), ("fr-CA,en;q=0.5", .french), ("en;q=0.4, fr;q=0.9", .french),
        ("de, en;q=0.1", .english),
        ("FR", .french), ("en-GB,en;q=0.9,fr;q=0.8", .english),
    ]) func `the best of ours is chosen`(header: String, language: Language) {
        #expect(Language(acceptLanguage: header) == language)
    }

    @Test(arguments: ["", "de", "fr;q=0", "*", ";;;", "fr;q=abc"]) func `none of ours is nil`(header: String) {
        #expect(Language(acceptLanguage: header) == nil)
    }
}
