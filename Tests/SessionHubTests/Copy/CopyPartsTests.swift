import Database
import Foundation
import TestSupport
import Testing

@testable import SessionHub

/// The parts of a copy that need no database.
@Suite("Copies of a whole database: parts", .timeLimit(.minutes(1)))
struct CopyPartsTests {
    private func shape(_ name: String, _ targets: String...) -> TableShape {
        TableShape(
            name: name, columns: [], key: ["id"], references: targets.map { .init(column: "\($0)_id", table: $0) },
            numbered: nil)
    }

    @Test func `a table comes after all that it refers to, and one that others refer to comes early`() throws {
        let shapes = [shape("a", "c"), shape("b"), shape("c", "d", "c"), shape("d"), shape("e", "a", "d")]
        #expect(try TableShape.inOrder(shapes).map(\.name) == ["d", "c", "a", "b", "e"])
        #expect(throws: ConfigurationError("Tables refer to each other in a circle: [\"a\", \"b\"].")) {
            try TableShape.inOrder([shape("a", "b"), shape("b", "a"), shape("c")])
        }
    }

    @Test func `the text of an array keeps every sign apart`() {
        var array = ArrayText(type: "text")
        for value: SQLValue in [.text(""), .null, .text("NULL"), .text(#"a"b\c,{}"#), .text(" é ")] {
            #expect(array.append(value) == nil)
        }
        #expect(array.text == #"{"",NULL,"NULL","a\"b\\c,{}"," é "}"#)
        #expect(array.append(.text("a\0")) == "the text has U+0000, which PostgreSQL cannot store")
        #expect(array.append(.integer(1)) == "the value has another type than the column (text)")
        var numbers = ArrayText(type: "bigint")
        for value: SQLValue in [.integer(.min), .integer(.max)] { #expect(numbers.append(value) == nil) }
        #expect(numbers.text == "{-9223372036854775808,9223372036854775807}")
        var reals = ArrayText(type: "double precision")
        for value: SQLValue in [.real(0.1), .real(-1e300), .integer(3)] { #expect(reals.append(value) == nil) }
        #expect(reals.text == "{0.1,-1e+300,3}")
        var blobs = ArrayText(type: "bytea")
        #expect(blobs.append(.blob([0, 255])) == nil)
        #expect(blobs.text == #"{"\\x00ff"}"#)
    }

    @Test func `a tally tells every difference between two tables`() {
        let columns = SQLColumns(["a", "b"])
        func tally(_ pages: [[[SQLValue]]]) -> TableTally {
            pages.reduce(into: TableTally()) { $0.add($1.map { SQLRow(columns: columns, values: $0) }) }
        }
        let all = [
            [], [[]], [[["a", "b"]]], [[["ab", ""]]], [[["a", nil]]], [[[nil, "a"]]], [[[1, "a"]]], [[["1", "a"]]],
            [[[1.0, "a"]]], [[[.blob([1]), "a"]]], [[["a", "b"], ["c", "d"]]], [[["c", "d"], ["a", "b"]]],
            [[["a", "b"], ["a", "b"]]],
        ].map(tally)
        for (index, one) in all.enumerated() {
            #expect(all.indices.filter { all[$0] == one } == [index])
        }
        #expect(tally([[["a", 1]], [["b", 2]]]) == tally([[["a", 1]], [["b", 2]]]))
    }

    @Test func `whoever waits in the queue gets the other side's error`() async throws {
        struct Broken: Error {}
        let (reading, writing) = (PageQueue(capacity: 1), PageQueue(capacity: 1))
        let row = PageQueue.Item.page(table: 0, [])
        try writing.put(row)
        let reader = Task { try await blocking { try reading.next() } }
        let writer = Task { try await blocking { try writing.put(row) } }
        reading.fail(Broken())
        writing.fail(Broken())
        await #expect(throws: Broken.self) { try await reader.value }
        await #expect(throws: Broken.self) { try await writer.value }
    }

    @Test func `the queue gives everything in order, and then its end`() async throws {
        let queue = PageQueue(capacity: 2)
        async let read = blocking {
            var tables: [Int] = []
            while case .page(let table, _)? = try queue.next() { tables.append(table) }
            return tables
        }
        try await blocking {
            for number in 0..<50 { try queue.put(.page(table: number, [])) }
            queue.finish()
        }
        #expect(try await read == Array(0..<50))
    }
}
