import StrictJSON

/// Values that fields must refuse.
enum FieldRefusals {
    private static let noText: [JSON?] = [5, true, [], [:], 1.5]
    private static let noTime: [JSON?] = [
        5, true, [], "tomorrow", "2026-03-15", "2026-03-15T10:00:00", "2026-02-30T10:00:00Z", "2026-03-15T25:00:00Z",
        "2026-W11-7T10:00:00Z", "15/03/2026 10:00", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
    ]
    private static let noAddress: [JSON?] = [
        5, ["https://a.example"], "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example/x",
        "ftp://a.example/x", "https://a.example/a b", "/\\evil.example", "https://", "http:///x",
        "https://a.example\\@b.example",
        .string("https://a.example/" + String(repeating: "x", count: 2048)),
    ]

    /// In a session to create or to change.
    static let ofSession: [(String, [JSON?])] = [
        ("title", noText + [.string(String(repeating: "é", count: 256)), "a\u{0}b"]),
        ("description", noText + [.string(String(repeating: "x", count: 20_001))]),
        ("scheduled_start_at", noTime), ("scheduled_end_at", noTime),
        ("max_participants", [0, -1, "50", 1.5, true, [], 100_001]),
        ("is_recording_enabled", ["true", 1, 0, []]), ("is_chat_enabled", ["false", 1, 0, [:]]),
        ("thumbnail_url", noAddress), ("recording_url", noAddress),
    ]

    /// Of what a session cannot be created without: absent, null, and for a title empty.
    static let requiredOfSession: [(String, [JSON?])] = [
        ("title", [nil, .null, "", "  \n"]), ("scheduled_start_at", [nil, .null]), ("scheduled_end_at", [nil, .null]),
    ]

    /// Who shall give a session.
    static let ofInstructor: [JSON?] = ["10", 0, -1, true, 1.5, [10], 12, 20, 999]
}
