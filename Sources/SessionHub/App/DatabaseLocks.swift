import Database

/// Makes this process the only one that works on a database file, whatever name the others use for it.
///
/// The lock beside the file knows its owner and conflicts within one process as well. The lock on the file itself goes
/// by the file and not by its name, so that a hard link elsewhere leads to the same. Both end with their process.
final class DatabaseLocks: Sendable {
    private let beside: FileLock
    private let inside: FileRangeLock

    /// - Parameters:
    ///   - path: without symbolic links.
    ///   - makesFile: whether the file is made when it is not there.
    /// - Throws: `HubDatabase.InUse` when another process has it.
    init(_ path: String, makesFile: Bool) throws {
        do throws(FileLockError) {
            beside = try FileLock(path: "\(path).lock")
            if makesFile { SQLiteDatabase.createForOwner(path) }
            inside = try FileRangeLock(path: path)
        } catch {
            guard case .held(_, let owner) = error else { throw error }
            let process = owner.map { " (process \($0))" } ?? ""
            throw HubDatabase.InUse(
                name: path,
                description: "another hub serves \(path)\(process): stop it, or name another file with AMPHI_DATABASE."
            )
        }
    }

    /// Called once nobody in this process has the file open any more. A second call does nothing.
    func release() {
        inside.release()
        beside.release()
    }
}
