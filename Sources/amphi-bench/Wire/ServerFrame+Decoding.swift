/// Reading a `ServerFrame` from its bytes. Order of members does not matter, unknown members are passed over.
extension ServerFrame {
    init(decoding bytes: [UInt8]) throws(JSONScanner.Malformed) {
        guard UTF8.isValid(bytes) else { throw JSONScanner.Malformed(offset: 0) }
        var scanner = JSONScanner(bytes)
        var fields = Fields()
        try scanner.beginObject()
        while let name = try scanner.nextMember() { try fields.read(name, from: &scanner, of: bytes) }
        try scanner.end()
        self = try fields.frame(size: bytes.count)
    }

    /// Everything a frame may hold, before it is known which kind it is.
    private struct Fields {
        var ref: Int64?
        var seq: Int64?
        var events: [SessionEvent]?
        var answer: Answer?
        var refusal: Refusal?
        var bye: Bye?
        var presence: PresenceNews?
        var votes: [Int64: Int64]?
        var otherName: String?

        mutating func read(
            _ name: String, from scanner: inout JSONScanner, of bytes: [UInt8]
        ) throws(JSONScanner.Malformed) {
            switch name {
            case "ref": ref = try scanner.skipNull() ? nil : try scanner.integer()
            case "seq": seq = try scanner.integer()
            case "events": events = try SessionEvent.list(from: &scanner, of: bytes)
            case "ok": answer = try Answer(from: &scanner, of: bytes)
            case "error": refusal = try Refusal(from: &scanner)
            case "bye": bye = try Bye(from: &scanner)
            case "presence": presence = try PresenceNews(from: &scanner)
            case "votes": votes = try Self.counts(from: &scanner)
            default:
                try scanner.skipValue()
                otherName = name
            }
        }

        func frame(size: Int) throws(JSONScanner.Malformed) -> ServerFrame {
            if let refusal { return .refused(ref: ref, refusal) }
            if let answer, let ref { return answer.frame(ref: ref) }
            if let bye { return .bye(bye) }
            if let seq, let events { return .events(EventBatch(position: seq, events: events)) }
            if let presence { return .presence(presence) }
            if let votes { return .votes(votes) }
            guard let otherName else { throw JSONScanner.Malformed(offset: size) }
            return .ephemeral(name: otherName)
        }

        private static func counts(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> [Int64: Int64] {
            var counts: [Int64: Int64] = [:]
            try scanner.beginObject()
            while let name = try scanner.nextMember() {
                guard let id = Int64(name) else { throw JSONScanner.Malformed(offset: 0) }
                counts[id] = try scanner.integer()
            }
            return counts
        }
    }

    /// The members of `ok`: of a welcome, of a receipt, or of another answer.
    private struct Answer {
        var type: String?
        var id: Int64?
        var seq: Int64?
        var epoch = ""
        var resumed = false
        var isDuplicate = false
        var events: [SessionEvent]?
        var presence: PresenceNews?
        var votes: Int64?
        var questions: [Int64: Question] = [:]
        var isMuted = false
        var chatMode = "open"

        init(from scanner: inout JSONScanner, of bytes: [UInt8]) throws(JSONScanner.Malformed) {
            try scanner.beginObject()
            while let name = try scanner.nextMember() {
                switch name {
                case "type": type = try scanner.text()
                case "id": id = try scanner.integer()
                case "seq": seq = try scanner.integer()
                case "epoch": epoch = try scanner.text()
                case "resumed": resumed = try scanner.boolean()
                case "duplicate": isDuplicate = try scanner.boolean()
                case "events": events = try SessionEvent.list(from: &scanner, of: bytes)
                case "presence": presence = try PresenceNews(from: &scanner)
                case "votes": votes = try scanner.integer()
                case "questions": questions = try Question.list(from: &scanner)
                case "me": isMuted = try Self.hasMute(from: &scanner)
                case "session": chatMode = try SessionEvent.chatMode(from: &scanner) ?? "open"
                default: try scanner.skipValue()
                }
            }
        }

        private static func hasMute(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> Bool {
            var isMuted = false
            try scanner.beginObject()
            while let name = try scanner.nextMember() {
                if name == "muted" { isMuted = try !scanner.skipNull() }
                if name != "muted" || isMuted { try scanner.skipValue() }
            }
            return isMuted
        }

        func frame(ref: Int64) -> ServerFrame {
            if type == "welcome", let seq {
                return .welcome(
                    Welcome(
                        seq: seq, epoch: epoch, resumed: resumed, events: events ?? [], present: presence?.present,
                        people: presence?.people ?? [], hands: presence?.hands ?? [], questions: questions,
                        isMuted: isMuted, chatMode: chatMode))
            }
            if let id, let seq { return .posted(ref: ref, Receipt(id: id, seq: seq, isDuplicate: isDuplicate)) }
            if let events { return .page(ref: ref, events) }
            return .done(ref: ref, Done(seq: seq, votes: votes))
        }
    }
}

extension ServerFrame.Refusal {
    fileprivate init(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) {
        self.init(code: "", message: "", retryAfterMilliseconds: nil)
        try scanner.beginObject()
        while let name = try scanner.nextMember() {
            switch name {
            case "code": code = try scanner.text()
            case "message": message = try scanner.text()
            case "retry_after_ms": retryAfterMilliseconds = try scanner.integer()
            default: try scanner.skipValue()
            }
        }
    }
}

extension ServerFrame.Bye {
    fileprivate init(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) {
        self.init(code: 0)
        try scanner.beginObject()
        while let name = try scanner.nextMember() {
            switch name {
            case "code": code = try scanner.integer()
            case "after_ms": afterMilliseconds = try scanner.integer()
            default: try scanner.skipValue()
            }
        }
    }
}

extension ServerFrame.PresenceNews {
    fileprivate init(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) {
        self.init()
        try scanner.beginObject()
        while let name = try scanner.nextMember() {
            switch name {
            case "count": present = try scanner.integer()
            case "people": people = try Self.peoplesIDs(from: &scanner)
            case "joined": joined = try Self.peoplesIDs(from: &scanner)
            case "left": left = try Self.ids(from: &scanner)
            case "hands": hands = try Self.ids(from: &scanner)
            default: try scanner.skipValue()
            }
        }
    }

    private static func ids(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> [Int64] {
        var ids: [Int64] = []
        try scanner.beginArray()
        while try scanner.nextElement() { ids.append(try scanner.integer()) }
        return ids
    }

    private static func peoplesIDs(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> [Int64] {
        var ids: [Int64] = []
        try scanner.beginArray()
        while try scanner.nextElement() {
            try scanner.beginObject()
            while let name = try scanner.nextMember() {
                if name == "id" { ids.append(try scanner.integer()) } else { try scanner.skipValue() }
            }
        }
        return ids
    }
}

extension ServerFrame.Question {
    fileprivate static func list(
        from scanner: inout JSONScanner
    ) throws(JSONScanner.Malformed) -> [Int64: ServerFrame.Question] {
        var list: [Int64: ServerFrame.Question] = [:]
        try scanner.beginArray()
        while try scanner.nextElement() {
            var (id, question) = (Int64(0), ServerFrame.Question())
            try scanner.beginObject()
            while let name = try scanner.nextMember() {
                switch name {
                case "id": id = try scanner.integer()
                case "votes": question.votes = try scanner.integer()
                case "voted": question.hasVoted = try scanner.boolean()
                default: try scanner.skipValue()
                }
            }
            list[id] = question
        }
        return list
    }
}

extension SessionEvent {
    fileprivate static func list(
        from scanner: inout JSONScanner, of bytes: [UInt8]
    ) throws(JSONScanner.Malformed) -> [SessionEvent] {
        var events: [SessionEvent] = []
        try scanner.beginArray()
        while try scanner.nextElement() { events.append(try SessionEvent(from: &scanner, of: bytes)) }
        return events
    }

    private init(from scanner: inout JSONScanner, of bytes: [UInt8]) throws(JSONScanner.Malformed) {
        var (seq, id, author): (Int64?, Int64?, Int64?)
        var (action, target, chatMode): (String?, Int64?, String?)
        var (type, text) = (0..<0, 0..<0)
        var (clientID, at): (String?, String?)
        try scanner.beginObject()
        while let name = try scanner.nextMember() {
            switch name {
            case "seq": seq = try scanner.integer()
            case "id": id = try scanner.integer()
            case "type": type = try scanner.string()
            case "text": text = try scanner.string()
            case "client_id": clientID = try scanner.skipNull() ? nil : scanner.text()
            case "at": at = try scanner.text()
            case "user": author = try Self.userID(from: &scanner)
            case "changes": chatMode = try Self.chatMode(from: &scanner)
            case "action": action = try scanner.text()
            case "user_id": target = try scanner.skipNull() ? nil : scanner.integer()
            default: try scanner.skipValue()
            }
        }
        guard let seq else { throw JSONScanner.Malformed(offset: 0) }
        let isWithheld = bytes[type].elementsEqual("withheld".utf8)
        self.init(
            seq: seq,
            digest: isWithheld
                ? nil : EventDigest.make(seq: seq, type: bytes[type], id: id, author: author, text: bytes[text]),
            marker: bytes[type].elementsEqual("chat.message".utf8) ? Post.Marker(bytes[text]) : nil,
            author: author,
            clientID: clientID,
            act: action.flatMap { action in target.map { Act(action: action, userID: $0) } },
            chatMode: chatMode, at: at
        )
    }

    /// The mode of the chat in a session, or in the changes of one.
    fileprivate static func chatMode(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> String? {
        var mode: String?
        try scanner.beginObject()
        while let name = try scanner.nextMember() {
            if name == "chat_mode" { mode = try scanner.text() } else { try scanner.skipValue() }
        }
        return mode
    }

    private static func userID(from scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> Int64? {
        if try scanner.skipNull() { return nil }
        var id: Int64?
        try scanner.beginObject()
        while let name = try scanner.nextMember() {
            if name == "id" { id = try scanner.integer() } else { try scanner.skipValue() }
        }
        return id
    }
}

extension UTF8 {
    fileprivate static func isValid(_ bytes: [UInt8]) -> Bool { (try? UTF8Span(validating: bytes.span)) != nil }
}
