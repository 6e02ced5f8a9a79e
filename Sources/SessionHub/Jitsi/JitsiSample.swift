import StrictJSON

/// A host's and a student's token, made and read back, side by side: what `amphi doctor` shows.
package enum JitsiSample {
    package static func table(_ configuration: JitsiConfiguration) throws -> [String] {
        let service = try JitsiService(configuration)
        let now = HubClock().now
        let host = try claims(of: "Example Host", id: 1, isModerator: true, service, now)
        let student = try claims(of: "Example Student", id: 2, isModerator: false, service, now)
        let names = host.map(\.name) + student.map(\.name).filter { name in !host.contains { $0.name == name } }
        let width = names.map(\.count).max() ?? 0
        let rows = names.map { name in
            (name, host.first { $0.name == name }?.value ?? "-", student.first { $0.name == name }?.value ?? "-")
        }
        let middle = rows.map(\.1.count).max() ?? 0
        return ([("claim", "host", "student")] + rows).map { row in
            "\(pad(row.0, width))  \(pad(row.1, middle))  \(row.2)"
        }
    }

    private static func claims(
        of name: String, id: Int64, isModerator: Bool, _ service: JitsiService, _ now: Timestamp
    ) throws -> [(name: String, value: String)] {
        let made = try service.generateJWT(
            room: "\(service.configuration.roomPrefix)-example",
            user: Person(id: id, firstName: name, lastName: "", avatar: nil),
            email: "person\(id)@example.org", isModerator: isModerator, mayRecord: true, now: now
        )
        guard let made else { return [] }
        return flat(try service.verifyJWT(made.token, nowSeconds: now.seconds), prefix: "")
    }

    private static func flat(_ object: JSONObject, prefix: String) -> [(name: String, value: String)] {
        object.members.flatMap { member -> [(name: String, value: String)] in
            if let inner = member.value.objectValue { return flat(inner, prefix: "\(prefix)\(member.name).") }
            return [("\(prefix)\(member.name)", member.value.text)]
        }
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
