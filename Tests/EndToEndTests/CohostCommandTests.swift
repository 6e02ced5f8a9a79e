import Foundation
import StrictJSON
import TestSupport
import Testing

/// A substitute in a hurry, by the command line.
@Suite("The executable: cohost", .timeLimit(.minutes(2)))
struct CohostCommandTests {
    @Test func `a substitute holds the class while the hub runs, until it is taken back`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 1)
        let (student, _) = try await hub.join(room.session, as: room.students[0])
        let arguments = ["cohost", "\(room.session)", TestHub.email(room.students[0].id)]
        let named = try await HubProcess.run(arguments, in: folder)
        #expect(named.ending == .exit(0), "\(named.errors)")
        #expect(try await student.event("role.changed")["role"] == "moderator")
        let ended = try await HubProcess.run(arguments + ["--end"], in: folder)
        #expect(ended.ending == .exit(0), "\(ended.errors)")
        #expect(try await student.event("role.changed")["role"] == "participant")
        for wrong in [["cohost", "\(room.session)", "nobody@school.example"], ["cohost", "999", arguments[2]]] {
            let refused = try await HubProcess.run(wrong, in: folder)
            #expect(refused.ending == .exit(1) && refused.output.isEmpty && !refused.errors.isEmpty, "\(wrong)")
        }
        try await process.stop()
    }

    @Test func `a folder is no database, and a name that is wrong has no services`() async throws {
        let folder = try TestFolder()
        let served = try await HubProcess.run(["serve", "--database", folder.path], in: folder)
        #expect(served.ending != .exit(0) && served.errors.contains("is a folder"), "\(served.errors)")
        let listed = try await HubProcess.run(["token", "--list", "--database", folder.file("typo.db")], in: folder)
        #expect(listed.ending == .exit(1) && listed.errors.contains("no such database"), "\(listed.errors)")
    }

    @Test func `a file that stands where the control socket goes stays`() async throws {
        let folder = try TestFolder()
        try folder.write("somebody's notes", to: "amphi.db.sock")
        let (process, _) = try await HubProcess.serve(folder)
        try await process.stop()
        #expect(try String(contentsOfFile: folder.file("amphi.db.sock"), encoding: .utf8) == "somebody's notes")
    }
}
