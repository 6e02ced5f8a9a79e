import StrictJSON

/// Builds the frames to clients that are no events: replies, bye and notices (Protocol.md).
enum ServerMessage {
    static func ok(_ ref: Int64, _ value: JSON) -> [UInt8] {
        let frame: JSON = ["ref": .integer(ref), "ok": value]
        return frame.encoded()
    }

    /// A member of an object whose value is encoded already. The name needs no escapes.
    struct Member: Sendable {
        let name: StaticString
        let value: [UInt8]
    }

    /// A reply whose `ok`, which is not empty, has further members at its end.
    static func ok(_ ref: Int64, _ value: JSONObject, _ members: [Member]) -> [UInt8] {
        let object = JSON.object(value).encoded()
        var frame: [UInt8] = []
        frame.reserveCapacity(members.reduce(object.count) { $0 + $1.value.count + 24 } + 48)
        frame += "{\"ref\":\(ref),\"ok\":".utf8
        frame += object.dropLast()
        for member in members {
            frame += ",\"\(member.name)\":".utf8
            frame += member.value
        }
        frame += "}}".utf8
        return frame
    }

    static func error(_ ref: Int64?, _ error: HubError, in language: Language) -> [UInt8] {
        var object = JSONObject([
            ("code", .string(error.code.rawValue)), ("message", .string(error.message(in: language))),
        ])
        if let field = error.field { object["field"] = .string(field) }
        if let retryAfter = error.retryAfter { object["retry_after_ms"] = .integer(retryAfter) }
        for member in error.details.members { object[member.name] = member.value }
        let frame: JSON = ["ref": ref.map { .integer($0) } ?? .null, "error": .object(object)]
        return frame.encoded()
    }

    /// - Parameter after: the milliseconds that the client should wait before it comes back.
    static func bye(_ code: CloseCode, after: Int64) -> [UInt8] {
        let frame: JSON = [
            "bye": [
                "code": .integer(Int64(code.rawValue)), "reason": .string(code.reason),
                "reconnect": .bool(code.reconnects), "after_ms": .integer(after),
            ]
        ]
        return frame.encoded()
    }

    static func tokenExpiring(in milliseconds: Int64) -> [UInt8] {
        let frame: JSON = ["token_expiring": ["in_ms": .integer(milliseconds)]]
        return frame.encoded()
    }

    static func gap(from: Int64, to: Int64) -> [UInt8] {
        let frame: JSON = ["gap": ["from": .integer(from), "to": .integer(to)]]
        return frame.encoded()
    }

    static func degraded(_ isOn: Bool) -> [UInt8] {
        let frame: JSON = ["degraded": isOn ? ["on": true, "reason": "store"] : ["on": false]]
        return frame.encoded()
    }
}
