import Foundation
import Testing

@testable import Database

@Suite struct FileLockTests {
    @Test func `a second lock in the same process names the holder`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/amphi.db.lock"
            let lock = try FileLock(path: path)
            let held = FileLockError.held(path: path, by: ProcessInfo.processInfo.processIdentifier)
            #expect(throws: held) { try FileLock(path: path) }
            lock.release()
            lock.release()
            let next = try FileLock(path: path)
            #expect(throws: held) { try FileLock(path: path) }
            next.release()
        }
    }

    @Test func `a lock is gone with its object`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/amphi.db.lock"
            do {
                let lock = try FileLock(path: path)
                #expect(lock.path == path)
            }
            #expect(throws: Never.self) { try FileLock(path: path).release() }
        }
    }

    @Test func `another process holds the lock until it is killed`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/amphi.db.lock"
            let script = """
                import fcntl, os, sys
                file = open(sys.argv[1], "w")
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(str(os.getpid())); file.flush()
                print("locked", end="", flush=True)
                sys.stdin.read()
                """
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script, path]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            let exit = AsyncStream.makeStream(of: Void.self)
            process.terminationHandler = { _ in exit.continuation.finish() }
            try process.run()
            #expect(output.fileHandleForReading.availableData == Data("locked".utf8))
            #expect(throws: FileLockError.held(path: path, by: process.processIdentifier)) { try FileLock(path: path) }

            kill(process.processIdentifier, SIGKILL)
            for await _ in exit.stream {}
            let lock = try FileLock(path: path)
            let pid = ProcessInfo.processInfo.processIdentifier
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(pid)\n")
            lock.release()
        }
    }

    @Test func `a folder that does not exist cannot be locked`() {
        let path = "/nowhere/at/all.lock"
        #expect(throws: FileLockError.unusable(path: path, errno: ENOENT)) { try FileLock(path: path) }
    }
}
