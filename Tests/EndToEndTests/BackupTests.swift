import Foundation
import StrictJSON
import TestSupport
import Testing

/// Backups of a hub that serves a class, and the way back.
@Suite("The executable: backup and restore", .timeLimit(.minutes(3)))
struct BackupTests {
    @Test func `a backup taken while people post restores to a class without gap or double`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder, ["AMPHI_LIMIT_POSTS_PER_USER": "0"])
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 2)
        let (posting, welcome) = try await hub.join(room.session, as: room.students[0])
        let (watching, _) = try await hub.join(room.session, as: room.students[1])
        // Posts before, while and after the copy is made.
        async let copied = HubProcess.run(["backup", "copy.db"], in: folder)
        async let posted: Void = {
            for number in 1...50 { try await posting.say("\(TestHub.mark) post \(number)", clientID: "c\(number)") }
        }()
        for number in 1...20 { try await watching.say("\(TestHub.mark) other \(number)", clientID: "o\(number)") }
        let result = try await copied
        #expect(result.ending == .exit(0), "\(result.errors)")
        try await posted
        let served = try await HubProcess.run(["restore", "copy.db"], in: folder)
        #expect(served.ending == .exit(1))
        #expect(served.errors.contains("another hub serves"))
        let last = try await posting.say("\(TestHub.mark) after the copy", clientID: "last")
        let seq = try #require(last["seq"]?.integerValue)
        let epoch = try #require(welcome["epoch"]?.stringValue)
        try await process.stop()

        let restored = try await HubProcess.run(["restore", "copy.db"], in: folder)
        #expect(restored.ending == .exit(0), "\(restored.errors)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("amphi.db.before-restore-") }
        #expect(kept.count == 1)
        let (again, next) = try await HubProcess.serve(folder, ["AMPHI_LIMIT_POSTS_PER_USER": "0"])
        let (client, fresh) = try await RunningHub(port: next).join(
            room.session, as: room.students[0], resume: (seq: seq, epoch: epoch)
        )
        #expect(fresh["resumed"] == false)
        #expect(fresh["epoch"] != welcome["epoch"])
        let head = try #require(fresh["seq"]?.integerValue)
        #expect(head < seq)
        let shown = fresh["events"]?.arrayValue?.compactMap { $0["seq"]?.integerValue } ?? []
        #expect(shown == Array((head - Int64(shown.count) + 1)...head))
        let journal = try await RunningHub(port: next).http.send(
            "GET", "/api/live-sessions/\(room.session)/events?after_seq=0&limit=200", token: room.students[0].token
        )
        let seqs = journal.data["events"]?.arrayValue?.compactMap { $0["seq"]?.integerValue } ?? []
        #expect(seqs == Array(1...head), "\(journal.text.prefix(300))")
        // Whoever posts again what the copy has not, is taken; what it has, is known.
        for number in 1...20 { try await client.say("\(TestHub.mark) post \(number)", clientID: "c\(number)") }
        let repeated = try await client.say("\(TestHub.mark) post 1", clientID: "c1")
        #expect(repeated["duplicate"] == true)
        try await again.stop()
    }

    // Found from outside, no. 8
    @Test func `one file is served once, by whatever name, and a copy of it by no other name`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let (files, database) = (FileManager.default, folder.file("amphi.db"))
        try files.createDirectory(atPath: folder.file("other"), withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: folder.file("other/soft.db"), withDestinationPath: "../amphi.db")
        try files.createSymbolicLink(atPath: folder.file("door"), withDestinationPath: folder.path)
        try files.linkItem(atPath: database, toPath: folder.file("other/hard.db"))
        #expect(
            try await HubProcess.run(["backup", "--force", folder.file("copy.db")], in: folder).ending == .exit(1),
            "two names")
        for name in ["other/soft.db", "door/amphi.db", "other/hard.db"] {
            let environment = HubProcess.environment(folder, ["AMPHI_DATABASE": folder.file(name)])
            for arguments in [["serve"], ["migrate"], ["restore", "other/copy.db"]] {
                try files.createDirectory(atPath: folder.file("other"), withIntermediateDirectories: true)
                if arguments[0] == "restore" {
                    try Data(contentsOf: URL(filePath: database)).write(to: URL(filePath: folder.file("other/copy.db")))
                }
                let result = try await HubProcess.run("amphi", arguments, environment: environment, in: folder)
                #expect(result.ending == .exit(1), "\(arguments) \(name)")
                #expect(result.errors.contains("another hub serves"), "\(arguments) \(name): \(result.errors)")
            }
        }
        #expect(try await HTTPTestClient(port: port).send("GET", "/readyz").status == 200)
        try files.removeItem(atPath: folder.file("other/hard.db"))
        try await process.stop()
        // Nobody serves it: by a symbolic link it is the same file, with its log.
        let environment = HubProcess.environment(folder, ["AMPHI_DATABASE": folder.file("other/soft.db")])
        #expect(try await HubProcess.run("amphi", ["migrate"], environment: environment, in: folder).ending == .exit(0))
        #expect(!files.fileExists(atPath: folder.file("other/soft.db-wal")))
        // A second hard link is refused with a sentence, served or not.
        try files.linkItem(atPath: database, toPath: folder.file("other/hard.db"))
        let refused = try await HubProcess.run(["migrate"], in: folder)
        #expect(refused.ending == .exit(1) && refused.errors.contains("hard links"), "\(refused.errors)")
    }

    // Found from outside, no. 8
    @Test func `what belongs to the database is no place for a copy, and no copy`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 1)
        let (client, _) = try await hub.join(room.session, as: room.student)
        let files = FileManager.default
        try files.createSymbolicLink(atPath: folder.file("soft.db"), withDestinationPath: "amphi.db")
        try files.createSymbolicLink(atPath: folder.file("log"), withDestinationPath: "amphi.db-wal")
        try files.createSymbolicLink(atPath: folder.file("door"), withDestinationPath: folder.path)
        try files.linkItem(atPath: folder.file("amphi.db.lock"), toPath: folder.file("lock"))
        for name in [
            "amphi.db", "./amphi.db", "door/amphi.db", folder.file("amphi.db"), "soft.db", "amphi.db-wal", "log",
            "amphi.db-shm",
            "amphi.db-journal", "amphi.db.lock", "lock", "amphi.db.sock", "amphi.db.restore",
        ] {
            let copied = try await HubProcess.run(["backup", "--force", name], in: folder)
            #expect(copied.ending == .exit(1) && copied.errors.contains("itself"), "\(name): \(copied.errors)")
            let restored = try await HubProcess.run(["restore", name], in: folder)
            #expect(restored.ending == .exit(1), "\(name): \(restored.errors)")
        }
        let last = try await client.say("\(TestHub.mark) still here", clientID: "last")
        try await process.stop()
        let (again, next) = try await HubProcess.serve(folder)
        let (_, welcome) = try await RunningHub(port: next).join(room.session, as: room.student)
        #expect(welcome["seq"] == last["seq"])
        try await again.stop()
    }

    // Found from outside, no. 8
    @Test func `force replaces an older backup, and nothing else`() async throws {
        let (folder, other) = (try TestFolder(), try TestFolder())
        #expect(try await HubProcess.run(["migrate"], in: folder).ending == .exit(0))
        let (process, port) = try await HubProcess.serve(other)
        let files = FileManager.default
        try folder.write("SECRET=1", to: "secrets.env")
        #expect(try await HubProcess.run(["backup", "old.db"], in: folder).ending == .exit(0))
        try files.createSymbolicLink(atPath: folder.file("soft.db"), withDestinationPath: "old.db")
        try files.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: true)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        let served = other.file("amphi.db")
        let names = ["", "-wal", "-shm", "-journal", ".lock", ".sock"].map { served + $0 }
        for name in names + ["secrets.env", "soft.db", "folder", "pipe", "old.db-wal", "old.db-journal", "old.db.lock"]
        {
            let path = name.hasPrefix("/") ? name : folder.file(name)
            let before = try? files.attributesOfItem(atPath: path)
            let result = try await HubProcess.run(["backup", "--force", name], in: folder)
            #expect(result.ending == .exit(1) && result.errors.contains(name), "\(name): \(result.errors)")
            #expect(name != served || result.errors.contains("another hub"), "\(result.errors)")
            let after = try? files.attributesOfItem(atPath: path)
            #expect(before?[.systemFileNumber] as? Int == after?[.systemFileNumber] as? Int, "\(name)")
        }
        #expect(try await HTTPTestClient(port: port).send("GET", "/readyz").status == 200)
        try await process.stop()
        try folder.write("", to: "empty.db")
        for name in ["old.db", "empty.db"] {
            let result = try await HubProcess.run(["backup", "--force", name], in: folder)
            #expect(result.ending == .exit(0), "\(name): \(result.errors)")
        }
    }

    @Test func `a backup does not replace a file unasked, and can be made while nobody serves`() async throws {
        let folder = try TestFolder()
        #expect(try await HubProcess.run(["migrate"], in: folder).ending == .exit(0))
        #expect(try await HubProcess.run(["backup", "copy.db"], in: folder).ending == .exit(0))
        let second = try await HubProcess.run(["backup", "copy.db"], in: folder)
        #expect(second.ending == .exit(1))
        #expect(second.errors.contains("--force"))
        #expect(try await HubProcess.run(["backup", "--force", "copy.db"], in: folder).ending == .exit(0))
    }

    @Test func `what is no backup, or damaged, or newer, is not restored, and nothing changes`() async throws {
        let folder = try TestFolder()
        #expect(try await HubProcess.run(["migrate"], in: folder).ending == .exit(0))
        let database = URL(filePath: folder.file("amphi.db"))
        let before = try Data(contentsOf: database)
        try folder.write("This is no database, and long enough to be looked at.", to: "text.db")
        #expect(try await HubProcess.run(["restore", "text.db"], in: folder).ending == .exit(1))
        #expect(try await HubProcess.run(["restore", "missing.db"], in: folder).ending == .exit(1))

        #expect(try await HubProcess.run(["backup", "damaged.db"], in: folder).ending == .exit(0))
        let handle = try #require(FileHandle(forWritingAtPath: folder.file("damaged.db")))
        try handle.seek(toOffset: 3 * 4096)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 20 * 4096))
        try handle.close()
        let damaged = try await HubProcess.run(["restore", "damaged.db"], in: folder)
        #expect(damaged.ending == .exit(1))

        let later = folder.file("later")
        try FileManager.default.copyItem(atPath: PackageFolder.migrations, toPath: later)
        try folder.write("CREATE TABLE later (id INTEGER PRIMARY KEY);\n", to: "later/9999_later.sql")
        let newer = HubProcess.environment(
            folder, ["AMPHI_MIGRATIONS": later, "AMPHI_DATABASE": folder.file("newer.db")]
        )
        let migrated = try await HubProcess.run("amphi", ["migrate"], environment: newer, in: folder)
        #expect(migrated.ending == .exit(0))
        let refused = try await HubProcess.run(["restore", "newer.db"], in: folder)
        #expect(refused.ending == .exit(1))
        #expect(refused.errors.contains("9999_later"))
        #expect(try Data(contentsOf: database) == before)
    }
}
