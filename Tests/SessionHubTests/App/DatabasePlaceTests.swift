import Testing

@testable import SessionHub

@Suite("Where the database is")
struct DatabasePlaceTests {
    @Test(arguments: [
        "postgres://db.example/amphi", "postgresql://amphi@db.example:5432/amphi?sslmode=disable",
        "POSTGRES:///amphi?host=/run/postgresql", "postgres://a:b@one.example,two.example/amphi",
    ])
    func `an address of a server is one`(text: String) {
        #expect(DatabasePlace(text) == .server(url: text))
    }

    @Test(arguments: ["data/amphi.db", "/srv/postgres://x", "postgres", "postgres:amphi.db", "./postgres:/a.db"])
    func `everything else is a file`(text: String) {
        guard case .file = DatabasePlace(text) else {
            Issue.record("\(text) is no file")
            return
        }
    }

    @Test(arguments: [
        ("postgres://amphi:never-shown@db.example:5432/amphi", "postgres://db.example:5432/amphi"),
        ("postgres://amphi:nev@er/sho?wn@db.example/amphi", "postgres://..."),
        ("postgres://db.example/amphi?password=never@shown", "postgres://..."),
        ("postgres://db.example/amphi?user=x&password=never-shown", "postgres://db.example/amphi"),
        ("postgresql://amphi:p%40ss@one.example,two.example/amphi#x", "postgres://one.example,two.example/amphi"),
        ("postgres://amphi:never-shown/amphi", "postgres://..."),
        ("postgres://[::1]:5432/amphi", "postgres://[::1]:5432/amphi"), ("postgres://", "postgres://"),
    ])
    func `its name holds no secret`(url: String, name: String) {
        var configuration = HubConfiguration()
        configuration.database = url
        #expect(configuration.databaseName == name)
    }
}
