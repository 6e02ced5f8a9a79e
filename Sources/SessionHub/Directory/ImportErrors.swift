import StrictJSON

/// The refusals of an import. All are counted, and the first `most` of them are told in detail.
struct ImportErrors: Sendable {
    static let most = 200

    private let language: Language
    private(set) var count = 0
    private(set) var list: [JSON] = []

    init(language: Language) { self.language = language }

    mutating func add(_ error: HubError, line: Int) {
        count += 1
        guard list.count < Self.most else { return }
        var object = JSONObject([("line", .integer(Int64(line)))])
        if let field = error.field { object["field"] = .string(field) }
        object["code"] = .string(error.code.rawValue)
        object["message"] = .string(error.message(in: language))
        list.append(.object(object))
    }

    func check() throws(HubError) {
        guard count > 0 else { return }
        throw HubError(
            .invalidField,
            count == 1
                ? Localized(
                    en: "Nothing was imported: one line cannot be used.",
                    fr: "Rien n’a été importé : une ligne est inutilisable."
                )
                : Localized(
                    en: "Nothing was imported: \(count) lines cannot be used.",
                    fr: "Rien n’a été importé : \(count) lignes sont inutilisables."
                ),
            details: ["error_count": .integer(Int64(count)), "errors": .array(list)]
        )
    }
}
