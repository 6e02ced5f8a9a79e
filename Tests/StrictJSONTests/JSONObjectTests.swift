import StrictJSON
import Testing

@Suite struct JSONObjectTests {
    @Test func `members keep their order, and a replaced value keeps its place`() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["a"] = 9
        object["d"] = 4
        object["b"] = nil
        object["absent"] = nil
        #expect(object.members.map(\.name) == ["a", "c", "d"])
        #expect(object.members.map(\.value) == [9, 3, 4])
    }

    @Test func `of two members with one name the last value stays at the first place`() {
        let object = JSONObject([("a", 1), ("b", 2), ("a", 3)])
        #expect(JSON.object(object).text == #"{"a":3,"b":2}"#)
    }

    @Test func `a null member is not a missing member`() {
        var object: JSONObject = ["a": nil]
        #expect(object["a"] == .null)
        #expect(object["a"]?.isNull == true)
        object["b"] = .null
        #expect(object.count == 2)
    }

    @Test func `objects are equal whatever their order`() {
        #expect(JSONObject([("a", 1), ("b", 2)]) == JSONObject([("b", 2), ("a", 1)]))
        #expect(JSONObject([("a", 1)]) != JSONObject([("a", 2)]))
        #expect(JSONObject([("a", 1)]) != JSONObject([("b", 1)]))
        #expect(JSONObject([("a", 1)]) != JSONObject([("a", 1), ("b", 1)]))
        #expect(JSON.object(["a": nil]) != JSON.object(["b": nil]))
    }

    @Test func `a large object finds, replaces and removes its members like a small one`() {
        var object = JSONObject((0..<100).map { ("n\($0)", JSON.integer($0)) })
        for index in stride(from: Int64(0), to: 100, by: 2) { object["n\(index)"] = nil }
        object["n99"] = "last"
        object["n0"] = "back"
        #expect(object.count == 51)
        #expect(object["n1"] == 1)
        #expect(object["n2"] == nil)
        #expect(object["n97"] == 97)
        #expect(object["n99"] == "last")
        #expect(object.members.last?.name == "n0")
        for index in stride(from: Int64(1), to: 91, by: 2) { object["n\(index)"] = nil }
        #expect(object.members.map(\.name) == ["n91", "n93", "n95", "n97", "n99", "n0"])
        #expect(object["n95"] == 95)
    }

    @Test func `accessors answer for their own kind only`() {
        let all: [JSON] = [nil, true, 1, 1.5, "s", [1], ["a": 1]]
        #expect(all.map(\.isNull) == [true, false, false, false, false, false, false])
        #expect(all.map(\.boolValue) == [nil, true, nil, nil, nil, nil, nil])
        #expect(all.map(\.integerValue) == [nil, nil, 1, nil, nil, nil, nil])
        #expect(all.map(\.numberValue) == [nil, nil, 1, 1.5, nil, nil, nil])
        #expect(all.map(\.stringValue) == [nil, nil, nil, nil, "s", nil, nil])
        #expect(all.map(\.arrayValue) == [nil, nil, nil, nil, nil, [1], nil])
        #expect(all.map(\.objectValue) == [nil, nil, nil, nil, nil, nil, ["a": 1]])
        #expect(all.map { $0["a"] } == [nil, nil, nil, nil, nil, nil, 1])
    }
}
