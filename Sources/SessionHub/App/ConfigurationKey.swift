import Logging

/// One key of the configuration: how it is called, what it takes, what it does. The only place that knows all of this.
package struct ConfigurationKey: Sendable {
    /// The environment variable.
    package let name: String
    /// What a value looks like, for people.
    let type: String
    let defaultText: String
    package let isSecret: Bool
    let summary: String
    let apply: @Sendable (String, inout HubConfiguration) throws(ConfigurationError) -> Void

    /// A line of the table in Configuration.md.
    var markdownRow: String {
        let standard = defaultText.isEmpty ? "" : "`\(defaultText)`"
        return "| `\(name)` | \(type) | \(standard) | \(isSecret ? "yes" : "") | \(summary) |"
    }

    /// The table in Configuration.md.
    static var markdownTable: String {
        (["| key | type | default | secret | meaning |", "| --- | --- | --- | --- | --- |"] + all.map(\.markdownRow))
            .joined(separator: "\n")
    }

    /// The list of all keys, for a terminal.
    package static var help: String {
        all.map { key in
            let standard = key.defaultText.isEmpty ? "" : ", default \(key.defaultText)"
            return "\(key.name) (\(key.type)\(standard)\(key.isSecret ? ", secret" : ""))\n    \(key.summary)"
        }.joined(separator: "\n")
    }
}

// MARK: - Kinds of values

extension ConfigurationKey {
    typealias Path<Value> = WritableKeyPath<HubConfiguration, Value> & Sendable

    static func text(
        _ name: String, _ path: any Path<String>, _ summary: String,
        check: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "text", defaultText: HubConfiguration()[keyPath: path], isSecret: false, summary: summary
        ) { text, configuration throws(ConfigurationError) in
            if let problem = controlProblem(text) ?? check(text) { throw ConfigurationError("\(name) \(problem)") }
            configuration[keyPath: path] = text
        }
    }

    /// A tab or a line break in the middle of a value came there with a paste; in a token or an address it would fail
    /// only when the first class begins.
    private static func controlProblem(_ text: String) -> String? {
        do throws(PlainText.ControlCharacter) {
            _ = try PlainText.clean(text, as: .exact)
            return nil
        } catch {
            return "must not hold a tab, a line break or another control character."
        }
    }

    /// A text that may be absent; `check` answers the rest of a sentence for a value that will not do.
    static func optionalText(
        _ name: String, _ path: any Path<String?>, type: String = "text", defaultText: String = "",
        secret: Bool = false,
        _ summary: String, check: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> ConfigurationKey {
        ConfigurationKey(name: name, type: type, defaultText: defaultText, isSecret: secret, summary: summary) {
            text, configuration throws(ConfigurationError) in
            let problem = (secret ? nil : controlProblem(text)) ?? check(text)
            if let problem { throw ConfigurationError("\(name) \(problem)") }
            configuration[keyPath: path] = text
        }
    }

    static func number<Number: FixedWidthInteger & Sendable>(
        _ name: String, _ path: any Path<Number>, _ range: ClosedRange<Number>, defaultText: String? = nil,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "\(range.lowerBound)-\(range.upperBound)",
            defaultText: defaultText ?? "\(HubConfiguration()[keyPath: path])", isSecret: false, summary: summary
        ) { text, configuration throws(ConfigurationError) in
            guard let number = Number(text), range.contains(number) else {
                throw ConfigurationError(
                    "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"."
                )
            }
            configuration[keyPath: path] = number
        }
    }

    /// A number that has a default of its own kind when it is not set.
    static func optionalNumber<Number: FixedWidthInteger & Sendable>(
        _ name: String, _ path: any Path<Number?>, _ range: ClosedRange<Number>, defaultText: String,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "\(range.lowerBound)-\(range.upperBound)", defaultText: defaultText, isSecret: false,
            summary: summary
        ) { text, configuration throws(ConfigurationError) in
            guard let number = Number(text), range.contains(number) else {
                throw ConfigurationError(
                    "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"."
                )
            }
            configuration[keyPath: path] = number
        }
    }

    /// Milliseconds, written as `500ms`, `90s`, `10m`, `2h`; a bare number is seconds.
    static func duration(
        _ name: String, _ path: any Path<Int64>, atLeast least: Int64 = 0, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: "time: 500ms, 90s, 10m, 2h",
            defaultText: DurationText.text(HubConfiguration()[keyPath: path]), isSecret: false, summary: summary
        ) { text, configuration throws(ConfigurationError) in
            guard let milliseconds = DurationText.milliseconds(text), milliseconds >= least else {
                let bound = least > 0 ? " of at least \(DurationText.text(least))" : ""
                throw ConfigurationError("\(name) must be a time\(bound) such as 90s, 10m or 2h, not \"\(text)\".")
            }
            configuration[keyPath: path] = milliseconds
        }
    }

    static func word<Word: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ path: any Path<Word>, _ summary: String
    ) -> ConfigurationKey where Word.RawValue == String {
        ConfigurationKey(
            name: name, type: words(Word.self), defaultText: HubConfiguration()[keyPath: path].rawValue,
            isSecret: false, summary: summary
        ) { text, configuration throws(ConfigurationError) in
            configuration[keyPath: path] = try parse(name, text)
        }
    }

    static func optionalWord<Word: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ path: any Path<Word?>, _ summary: String
    ) -> ConfigurationKey where Word.RawValue == String {
        ConfigurationKey(name: name, type: words(Word.self), defaultText: "", isSecret: false, summary: summary) {
            text, configuration throws(ConfigurationError) in
            configuration[keyPath: path] = try parse(name, text) as Word
        }
    }

    /// Values that are separated by commas or white space. `check` answers the rest of a sentence for a value that will
    /// not do.
    static func list(
        _ name: String, _ path: any Path<[String]>, type: String, _ summary: String,
        check: @escaping @Sendable (String) -> String?
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, type: type, defaultText: HubConfiguration()[keyPath: path].joined(separator: " "),
            isSecret: false, summary: summary
        ) { text, configuration throws(ConfigurationError) in
            let items = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
            for item in items {
                if let problem = check(item) { throw ConfigurationError("\(name) \(problem)") }
            }
            configuration[keyPath: path] = items
        }
    }

    private static func words<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String
    where Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func parse<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ text: String
    ) throws(ConfigurationError) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text.lowercased()) else {
            throw ConfigurationError("\(name) must be one of \(words(Word.self)), not \"\(text)\".")
        }
        return word
    }
}
