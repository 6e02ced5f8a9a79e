import StrictJSON

@testable import SessionHub

/// What an answer must look like: members that must be there, each of its kind; others may stand beside them.
indirect enum Shape: Sendable, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    case int, text, bool, time, url, any
    /// This, or null.
    case maybe(Shape)
    /// Each element is this.
    case list(Shape)
    case empty
    case object([(String, Shape)])
    case exactly(JSON)

    init(dictionaryLiteral elements: (String, Shape)...) { self = .object(elements) }
    init(arrayLiteral elements: Shape...) { self = elements.first.map { .list($0) } ?? .empty }
    init(stringLiteral value: String) { self = .exactly(.string(value)) }

    /// Where the value differs, as a path; nil when it fits.
    func misfit(_ json: JSON?, at path: String = "data") -> String? {
        guard let json else { return "\(path) is missing" }
        switch self {
        case .any: return nil
        case .maybe(let shape): return json.isNull ? nil : shape.misfit(json, at: path)
        case .object(let members):
            guard json.objectValue != nil else { return "\(path) is no object" }
            return members.lazy.compactMap { $0.1.misfit(json[$0.0], at: "\(path).\($0.0)") }.first
        case .list(let shape):
            guard let elements = json.arrayValue, !elements.isEmpty else {
                return "\(path) is no list with something in it"
            }
            return elements.indices.lazy.compactMap { shape.misfit(elements[$0], at: "\(path)[\($0)]") }.first
        default: return fits(json) ? nil : "\(path) is \(json.text)"
        }
    }

    private func fits(_ json: JSON) -> Bool {
        switch self {
        case .int: json.integerValue != nil
        case .text: json.stringValue != nil
        case .bool: json.boolValue != nil
        case .time: json.stringValue.flatMap { Timestamp($0) } != nil
        case .url: json.stringValue?.contains("://") == true
        case .exactly(let value): json == value
        case .empty: json == .array([])
        default: false
        }
    }
}
