import Testing

@testable import SessionHub

@Suite("CSV")
struct CSVTests {
    @Test(
        arguments: [
            ("Awa", "Awa"), ("Ndiaye, Awa", "\"Ndiaye, Awa\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""), ("=1+1", "'=1+1"), ("+33", "'+33"), ("-1", "'-1"), ("@sum", "'@sum"),
            ("\tx", "'\tx"), ("\r=1", "\"'\r=1\""), ("=a,b", "\"'=a,b\""), ("", ""), ("a=b", "a=b"),
            // A combining mark after the sign makes another Character of it, but the same formula.
            ("=\u{301}1", "'=\u{301}1"), ("x\"\u{301}", "\"x\"\"\u{301}\""),
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
        let bytes = AttendanceList.csv(of: [participant], in: session, now: Timestamp(milliseconds: 9_000_000))
        #expect(Array(bytes.prefix(3)) == [0xEF, 0xBB, 0xBF])
        #expect(
            String(decoding: bytes.dropFirst(3), as: UTF8.self)
                == "name,email,role,first_joined_at,last_left_at,attendance_seconds,attendance_minutes\r\n"
                + "Awa Ndiaye,awa@example.org,participant,1970-01-01T00:00:00Z,1970-01-01T00:02:30Z,120,2\r\n"
        )
    }
}
