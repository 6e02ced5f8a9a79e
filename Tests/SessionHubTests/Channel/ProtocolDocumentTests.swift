import Foundation
import StrictJSON
import Testing

@testable import SessionHub

/// The examples of Protocol.md: what it shows a client sending is decoded as it stands, what it shows the server
/// sending has the shape of one frame.
@Suite("Protocol.md")
struct ProtocolDocumentTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let isFromClient: Bool
        let line: Int
        let text: String

        var testDescription: String { "line \(line)" }
    }

    private static let text = guide("Protocol.md")
    private static let restText = guide("RestAPI.md")

    private static func guide(_ name: String) -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/SessionHub/Documentation.docc/\(name)")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }

    static let examples: [Example] = {
        let lines = text.components(separatedBy: "\n")
        var examples: [Example] = []
        var isFromClient = false
        var start: Int?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("**Client") { isFromClient = true }
            if line.hasPrefix("**Server") { isFromClient = false }
            if line.hasPrefix("```json") {
                start = index
            } else if line.hasPrefix("```"), let first = start {
                let text = lines[(first + 1)..<index].joined(separator: "\n")
                examples.append(Example(isFromClient: isFromClient, line: first + 1, text: text))
                start = nil
            }
        }
        return examples
    }()

    @Test func `it shows both sides`() {
        #expect(Self.examples.filter(\.isFromClient).count >= 8)
        #expect(Self.examples.filter { !$0.isFromClient }.count >= 10)
    }

    @Test func `it tells every command: hello in its section, the others in the table`() {
        #expect(Self.text.contains("\n### hello\n"))
        let told = Self.words(underHead: "| type | fields | who")
        #expect(told == ChannelAPI.standard.names.subtracting(["hello"]))
    }

    /// What stands between backquotes, or alone, in the first column of the table under this head.
    private static func words(underHead head: String) -> Set<String> {
        let rows = text.components(separatedBy: "\n").drop { !$0.hasPrefix(head) }.dropFirst(2).prefix {
            $0.hasPrefix("|")
        }
        let cells = rows.compactMap { $0.split(separator: "|").first }
        return Set(cells.flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: [" ", "`"]) })
    }

    @Test func `its tables have every event and every close code, and no other`() {
        #expect(Self.words(underHead: "| type | members beside") == EventReader.hub.names.union(["withheld"]))
        // From the WebSocket layer (RFC 6455, 7.4.1).
        let standard: Set = ["1001", "1003", "1007", "1009"]
        #expect(
            Self.words(underHead: "| code | reason | come back?")
                == standard.union(CloseCode.allCases.map { "\($0.rawValue)" })
        )
    }

    @Test func `its list has every error code, and no other`() throws {
        let list = try #require(Self.text.components(separatedBy: "\n## Error codes\n").last)
        let section = list.components(separatedBy: "\n## ")[0]
        let words = section.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        #expect(Set(words.filter { ErrorCode(rawValue: $0) == nil }) == [])
        #expect(Set(words) == Set(ErrorCode.allCases.map(\.rawValue)))
    }

    @Test(arguments: examples.filter(\.isFromClient))
    func `what a client sends there is a command`(example: Example) throws {
        let command = try ClientCommand(frame: Array(example.text.utf8), mostBytes: HubLimits().frameBytes)
        _ = try ChannelAPI.standard.work(for: command)
        #expect(command.ref > 0)
    }

    @Test(arguments: examples.filter { !$0.isFromClient })
    func `what the server sends there is one frame`(example: Example) throws {
        let frame = try JSON.parse(example.text, limits: .request)
        let names = Set((frame.objectValue?.members ?? []).map(\.name))
        let shapes: [Set<String>] = [
            ["ref", "ok"], ["ref", "error"], ["seq", "events"], ["presence"], ["typing"], ["reactions"], ["votes"],
            ["gap"], ["bye"], ["token_expiring"], ["degraded"],
        ]
        #expect(shapes.contains(names), "\(names)")
        if let code = frame["error"]?["code"]?.stringValue { #expect(ErrorCode(rawValue: code) != nil) }
        if let code = frame["bye"]?["code"]?.integerValue { #expect(CloseCode(rawValue: UInt16(code)) != nil) }
        let types = frame["events"]?.arrayValue?.compactMap { $0["type"]?.stringValue } ?? []
        #expect(types.allSatisfy { $0 == "withheld" || EventReader.hub.names.contains($0) })
    }
}
