import Testing

@testable import SessionHub

@Suite("CSV")
struct CSVTests {
    // Found from outside, no. 17
    @Test(
        arguments: [
            ("Awa", "Awa"), ("Ndiaye, Awa", "\"Ndiaye, Awa\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""), ("=1+1", "'=1+1"), ("+33", "'+33"), ("-1", "'-1"), ("@sum", "'@sum"),
            ("\tx", "\"'\tx\""), ("\r=1", "\"'\r'=1\""), ("=a,b", "\"'=a,b\""), ("", ""), ("a=b", "a=b"),
            // A combining mark after the sign makes another Character of it, but the same formula.
            ("=\u{301}1", "'=\u{301}1"), ("x\"\u{301}", "\"x\"\"\u{301}\""),
            ("Ba; Awa", "\"Ba; Awa\""), ("Ba\tAwa", "\"Ba\tAwa\""),
            ("x;=1+1", "\"x;'=1+1\""), ("x\t@sum", "\"x\t'@sum\""), ("x, +1", "\"x,' +1\""), ("x\n-1", "\"x\n'-1\""),
            ("x;\"=1\"", "\"x;'\"\"=1\"\"\""), (" =1", "' =1"), ("\u{FEFF}=1", "'\u{FEFF}=1"),
            ("\u{200B}+1", "'\u{200B}+1"), ("\u{FF1D}1", "'\u{FF1D}1"), ("\u{FF0B}1", "'\u{FF0B}1"),
            ("\u{FF0D}1", "'\u{FF0D}1"), ("\u{FF20}x", "'\u{FF20}x"), ("\u{2212}1", "'\u{2212}1"), (" Awa", " Awa"),
        ]
    )
    func `a cell is quoted as RFC 4180 says and never a formula`(text: String, cell: String) {
        #expect(Array(CSV.cell(text).utf8) == Array(cell.utf8))
    }

    @Test func `the list starts with the byte order mark and ends each line with CRLF`() {
        let participant = Participant(
            person: Person(id: 10, firstName: "Awa", lastName: "Ndiaye", avatar: nil), email: "awa@example.org",
            role: .participant, enrollmentID: 110, isSeated: false, firstJoinedAt: Timestamp(milliseconds: 0),
            segments: [.make(0, 90_000), .make(120_000, 150_000)]
        )
        let session = LiveSession.make(
            .ended, start: Timestamp(milliseconds: 0), end: Timestamp(milliseconds: 7_200_000)
        )
        let now = Timestamp(milliseconds: 9_000_000)
        let course = DirectoryCourse(id: 1, title: "Networks", instructorID: 1)
        let entry = RollCall.Entry(
            person: participant.person, email: participant.email, isExpected: true, participant: participant)
        let rollCall = RollCall(session: session, course: course, entries: [entry])
        let bytes = AttendanceList().csv(of: rollCall, now: now)
        #expect(Array(bytes.prefix(3)) == [0xEF, 0xBB, 0xBF])
        #expect(
            String(decoding: bytes.dropFirst(3), as: UTF8.self)
                == "\(AttendanceList.heading)\r\n"
                + "Awa Ndiaye,awa@example.org,participant,1970-01-01T00:00:00Z,1970-01-01T00:02:30Z,120,2,channel,"
                + "left_early,,,,\r\n"
        )
    }

    /// Cells as a reader with this separator finds them: quotes count only at a cell's start, as spreadsheets have it.
    private static func read(_ text: String, by separator: Unicode.Scalar) -> [String] {
        var (cells, cell, isQuoted) = ([String](), String.UnicodeScalarView(), false)
        for scalar in text.unicodeScalars {
            if scalar == "\"", cell.isEmpty || isQuoted {
                isQuoted.toggle()
            } else if !isQuoted, scalar == separator || scalar == "\r" || scalar == "\n" {
                cells.append(String(cell))
                cell = String.UnicodeScalarView()
            } else {
                cell.append(scalar)
            }
        }
        return cells + [String(cell)]
    }

    // Found from outside, no. 17
    @Test func `whichever separator the file is read with, no cell of it starts a formula`() {
        let pieces = ["=1", "+1", "-1", "@x", "a", ";", "\t", ",", "\"", "\r\n", " ", "\u{FF1D}1", "'", "é"]
        let starts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\u{FF1D}"]
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    for fourth in pieces {
                        let text = first + second + third + fourth
                        for separator in [CSV.Separator.comma, .semicolon] {
                            var csv = CSV(separator: separator, hasMark: false)
                            csv.add(["x", text, "y"])
                            let line = String(decoding: csv.bytes, as: UTF8.self)
                            for reading in [",", ";", "\t"] as [Unicode.Scalar] {
                                let found = Self.read(line, by: reading).filter { cell in
                                    let seen = cell.unicodeScalars.drop { $0 == " " || $0 == "\"" }
                                    return seen.first.map(starts.contains) ?? false
                                }
                                guard found.isEmpty else {
                                    Issue.record("\(text.debugDescription) by \(reading): \(found)")
                                    return
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    // Found from outside, no. 48
    @Test(arguments: [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (3660, "1 h 1 min"),
        (7325, "2 h 2 min"),
    ])
    func `a duration is words in French`(seconds: Int64, words: String) {
        #expect(AttendanceList.words(seconds) == words)
    }
}
