import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Lists of people as offices and spreadsheets write them.
@Suite("Import: lists as people write them", .timeLimit(.minutes(5)))
struct OfficeListTests {
    private func send(
        _ room: Classroom, _ bytes: [UInt8], type: String = "text/csv", dryRun: Bool = true
    ) async throws -> TestResponse {
        try await room.client.send(
            "POST", "/api/directory/import\(dryRun ? "?dry_run=true" : "")", token: room.serviceToken(),
            headers: [("Content-Type", type)], body: bytes
        )
    }

    private func report(_ room: Classroom, _ text: String) async throws -> JSON {
        try data(await send(room, Array(text.utf8)))
    }

    /// The lines that are refused.
    private func faults(_ report: JSON) -> [Int64] {
        report["errors"]?.arrayValue?.compactMap { $0["line"]?.integerValue } ?? []
    }

    // Found from outside, no. 38
    @Test func `every line end, blank first lines and separators in quotes are read`() async throws {
        try await Classroom.with { room in
            for end in ["\n", "\r\n", "\r"] {
                for text in [
                    "email;Nom\na@x.fr;Ba\nb@x.fr;Diop\n", "\n\nemail,Nom\na@x.fr,Ba\nb@x.fr,Diop",
                    ";;\n  \nemail;Nom\na@x.fr;Ba\nb@x.fr;\"Diop;\nAwa\"\n",
                    "\"Nom, prénom\";email\nx;a@x.fr\ny;b@x.fr\n",
                    "Nom, prénom;email\nx;a@x.fr\ny, z;b@x.fr\n", "a, b, c\temail\n1\ta@x.fr\n2\tb@x.fr\n",
                    "email\t\"a,b;c,d\"\na@x.fr\t1\nb@x.fr\t2", "sep=;\nemail;a,b,c\na@x.fr;1\nb@x.fr;2\n",
                    "\u{FEFF}SEP=\t\nemail\tNom\na@x.fr\t1\nb@x.fr\t2\n", "email\na@x.fr\n\n\nb@x.fr\n",
                ] {
                    let report = try await report(room, text.replacing("\n", with: end))
                    #expect(
                        report["lines"] == 2 && report["error_count"] == 0,
                        "\(text.debugDescription) \(end.debugDescription)")
                }
                let faulty = ["email", "a@x.fr", "\"b", "\"@x.fr", "nobody"].joined(separator: end)
                let lines = faults(try await report(room, faulty))
                #expect(lines == [3, 5], "lines are counted the same")
            }
        }
    }

    // Found from outside, no. 38
    @Test(arguments: ["", "email\n", "email;Nom\r\n\r\n", "\u{FEFF}", ";;;\n", "email\r", "sep=;\n"])
    func `a list in which nobody stands is no success`(text: String) async throws {
        try await Classroom.with { room in
            let report = try await report(room, text)
            #expect(report["error_count"] == 1)
            let response = try await send(room, Array(text.utf8), dryRun: false)
            #expect(response.status == 400)
        }
    }

    // Found from outside, no. 38
    @Test(arguments: [
        ("First name", "first_name"), ("FIRSTNAME", "first_name"), ("Prénom", "first_name"), ("Prenom", "first_name"),
        ("PRÉNOM", "first_name"), ("Pre\u{301}nom", "first_name"), ("Given-Name", "first_name"), ("Nom", "last_name"),
        ("Nom de famille", "last_name"), ("last-name", "last_name"), ("Surname", "last_name"),
        ("_last name_", "last_name"),
    ]) func `headings are known folded, in English and French`(heading: String, field: String) async throws {
        try await Classroom.with { room in
            let text = "Courriel;\(heading);Rôle;Cours\nnew@x.fr;Élan;Enseignante;2\n"
            let response = try data(await send(room, Array(text.utf8), dryRun: false))
            #expect(response["ignored_columns"] == [])
            let made = try data(await room.get("/api/users/1000000000", as: .admin))
            #expect(made[field] == "Élan" && made["role"] == "instructor" && made["email"] == "new@x.fr")
        }
    }

    // Found from outside, no. 38
    @Test(arguments: [
        "e-mail", "E-Mail", "Mail", "courriel", "Adresse e-mail", "ADRESSE MAIL", "Email address",
        "Adresse électronique", "mél",
    ])
    func `an address is known by many names`(heading: String) async throws {
        try await Classroom.with { room in
            let report = try await report(room, "\(heading),Téléphone\na@x.fr,1\n")
            #expect(report["error_count"] == 0)
        }
    }

    // Found from outside, no. 38
    @Test func `columns that are not known are named, in a dry run and in the answer`() async throws {
        try await Classroom.with { room in
            let text = "Téléphone;email;Nom, prénom;;\"say \"\"x\"\"\"\n1;a@x.fr;2;3;4\n"
            for dryRun in [true, false] {
                let report = try data(await send(room, Array(text.utf8), dryRun: dryRun))
                #expect(report["ignored_columns"] == ["Téléphone", "Nom, prénom", "say \"x\""])
            }
            let twice = try await report(room, "email;Nom;last_name\na@x.fr;1;2\n")
            #expect(faults(twice) == [1])
        }
    }

    // Found from outside, no. 38
    @Test func `the same address twice is a slip, by line, unless it is another course of the same person`()
        async throws
    {
        try await Classroom.with { room in
            let head = "email,id,first_name,course_id\n"
            for (lines, expected) in [
                ("a@x.fr,,A,\nA@X.fr,,A,\n", [3]), ("a@x.fr,,A,1\na@x.fr,,A,1\n", [3]),
                ("a@x.fr,,A,1\na@x.fr,,B,2\n", [3]),
                ("a@x.fr,,A,1\nb@x.fr,,B,1\na@x.fr,,,2\n", []),
                ("a@x.fr,,A,\na@x.fr,,A,2\na@x.fr,,,1\na@x.fr,,,2\n", [5]),
                ("a@x.fr,70,A,\na@x.fr,,,\n", [3]), (",20,A,\n,20,A,\n", [3]), (",20,A,1\n,20,,2\n", []),
                // One line has the id, another the address that the Directory has for it.
                (",20,A,\nperson20@school.example,,A,\n", [3]), ("PERSON20@school.example,,A,\n,20,A,\n", [3]),
                (",20,A,1\nperson20@school.example,,,2\n", []), (",20,A,1\nperson20@school.example,,B,2\n", [3]),
                (",20,A,1\nperson20@school.example,,,1\n", [3]),
                (",20,A,\nperson21@school.example,,A,\n", []),
            ] as [(String, [Int64])] {
                let found = faults(try await report(room, head + lines))
                #expect(found == expected, "\(lines)")
            }
        }
    }

    // Found from outside, no. 38
    @Test func `UTF-16 is read by its mark, and a code page by its name`() async throws {
        try await Classroom.with { room in
            let text = "email;Prénom\né1@x.fr;Zoé œ €\n".replacing("é1", with: "e1")
            let wide = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let swapped = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            let western =
                Array("email;Pr".utf8) + [0xE9] + Array("nom\ne1@x.fr;Zo".utf8) + [0xE9, 0x20, 0x9C, 0x20, 0x80]
            for (bytes, type) in [
                ([0xFF, 0xFE] + wide, "text/csv"), ([0xFE, 0xFF] + swapped, "text/csv; charset=utf-8"),
                (wide, "text/csv; charset=UTF-16LE"), (western, "text/csv; charset=windows-1252"),
                (western, "text/csv;header=present;charset=\"CP1252\""),
            ] as [([UInt8], String)] {
                let report = try data(await send(room, bytes, type: type, dryRun: false))
                #expect(report["error_count"] == 0 && report["ignored_columns"] == [], "\(type)")
                let made = try data(await room.get("/api/users/1000000000", as: .admin))
                #expect(made["first_name"] == "Zoé œ €", "\(type)")
            }
            for (bytes, type, word) in [
                (wide, "text/csv", "UTF-8"), (western, "text/csv", "UTF-8"), ([0xFF, 0xFE, 0x41], "text/csv", "UTF-8"),
                (western, "text/csv; charset=klingon", "windows-1252"),
                ([0xFF, 0xFE, 0x00, 0xD8], "text/csv", "UTF-8"),
            ] as [([UInt8], String, String)] {
                let response = try await send(room, bytes, type: type, dryRun: false)
                #expect(response.status == 400 && response.text.contains(word), "\(response.text)")
            }
        }
    }

    // Found from outside, no. 38
    @Test func `UTF-8 with a bad byte is UTF-8, and the byte is named`() async throws {
        try await Classroom.with { room in
            let broken =
                Array("email;Prénom\na@x.fr;Zoé\nb@x.fr;\"L\n".utf8) + [0xE9] + Array("a\"\nc@x.fr;Élan\n".utf8)
            for type in ["text/csv", "text/csv; charset=windows-1252", "text/csv; charset=latin1"] {
                let response = try await send(room, broken, type: type, dryRun: false)
                #expect(response.status == 400 && response.text.contains("Line 4, byte 1 (E9)"), "\(response.text)")
            }
            // What is all UTF-8 is not made into two letters each by a wrong name.
            let text = Array("email;Prénom\na@x.fr;Zoé\n".utf8)
            _ = try data(await send(room, text, type: "text/csv; charset=windows-1252", dryRun: false))
            #expect(try data(await room.get("/api/users/1000000000", as: .admin))["first_name"] == "Zoé")
        }
    }

    // Found from outside, no. 38
    @Test func `JSON lines are read in UTF-16, and refused with their byte in a code page`() async throws {
        try await Classroom.with { room in
            let text = #"{"user":{"email":"a@x.fr","first_name":"Zoé"}}"# + "\r\n"
            let wide = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let type = "application/x-ndjson"
            _ = try data(await send(room, [0xFF, 0xFE] + wide, type: type, dryRun: false))
            #expect(try data(await room.get("/api/users/1000000000", as: .admin))["first_name"] == "Zoé")
            let unmarked = try await send(room, wide, type: type, dryRun: false)
            #expect(unmarked.status == 400 && unmarked.text.contains("save it as UTF-8"), "\(unmarked.text)")
            let western = text.unicodeScalars.map { UInt8($0.value) }
            let refused = try await send(room, Array("\n".utf8) + western, type: type, dryRun: false)
            #expect(refused.status == 400 && refused.text.contains("Line 2, byte 43 (E9)"), "\(refused.text)")
        }
    }

    // Found from outside, no. 38
    @Test(arguments: [
        "mailto:a@x.fr", "MAILTO:a@x.fr?subject=Bonjour", "Awa Ndiaye <a@x.fr>", "<a@x.fr>", "Awa <mailto:a@x.fr>",
        "\"\"\"Ndiaye, Awa\"\" <a@x.fr>\"", "\"a@x.fr;\"", "'a@x.fr'", "\"\"\"a@x.fr\"\"\"", "“a@x.fr”",
        "\"Awa <a@x.fr>;\"", "'Awa <a@x.fr>'", "<mailto:a@x.fr?subject=a>", "Awa <mailto:a@x.fr>?subject=a",
        "'mailto:a@x.fr?subject=a'", "\"'a@x.fr';\"",
        "a@x.fr?subject=a", "mailto:a@x.fr?cc=b@x.fr", "A@X.fr <a@x.fr>", "'a@x.fr' <a@x.fr>",
    ]) func `an address is read out of a link and from behind a name`(cell: String) async throws {
        try await Classroom.with { room in
            let list = "email;id\n\(cell);\n"
            _ = try data(await send(room, Array(list.utf8), dryRun: false))
            #expect(try data(await room.get("/api/users/1000000000", as: .admin))["email"] == "a@x.fr")
        }
    }

    // Found from outside, no. 38
    @Test(arguments: [
        "mailto:", "Awa <>", "a@x.fr <b@x.fr", "<a@x.fr>, <b@x.fr>x", "a@x.fr; b@x.fr",
        "Lea <a@x.fr>, X <b@x.fr>", "a@x.fr, X <b@x.fr>", "a@x.fr;b@x.fr", "a@x.fr;;x", "mailto:a@x.fr,b@x.fr",
        "Lea <mailto:a@x.fr?subject=a>, X <b@x.fr>", String(repeating: ";", count: 100_000),
    ])
    func `what holds no one address is refused, and elsewhere every link and name`(cell: String) async throws {
        try await Classroom.with { room in
            #expect(faults(try await report(room, "email,id\n\"\(cell)\",\n")) == [2])
            for address in [cell, "mailto:a@x.fr", "Awa <a@x.fr>", "<a@x.fr>"] {
                let response = try await room.post("/api/users", as: .admin, ["email": .string(address)])
                expectRefusal(response, 400, .invalidField, field: "email")
            }
        }
    }

    // Found from outside, no. 38
    @Test(arguments: ["text/csv", "application/x-ndjson"])
    func `a workbook is refused with the sentence that says what to do`(type: String) async throws {
        try await Classroom.with { room in
            for bytes in [[0x50, 0x4B, 0x03, 0x04, 0x14, 0x00], [0xD0, 0xCF, 0x11, 0xE0, 0xA1]] as [[UInt8]] {
                let response = try await send(room, bytes + Array(repeating: 7, count: 500), type: type, dryRun: false)
                let sentence = response.json["errors"]?.arrayValue?.first?["message"]?.stringValue ?? ""
                #expect(response.status == 400 && sentence.contains("save it as CSV"), "\(response.text)")
            }
        }
    }
}
