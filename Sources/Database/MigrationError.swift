/// Why a database cannot be brought to the schema of the files.
package enum MigrationError: Error, Equatable {
    /// A file or the directory, as a path.
    case unreadable(String)
    /// Not of the form `NNNN_name.sql`.
    case badFileName(String)
    case duplicateNumber(String, String)
    /// The database has migrations that no file knows: it belongs to a newer version of the program.
    case newerDatabase([String])
    /// The file was edited or renamed after it was applied.
    case changedMigration(String)
    /// A file appeared before one that is applied already.
    case outOfOrder(String, after: String)
    /// The statement that failed is in the error; nothing of this file was applied.
    case failed(String, SQLError)
}

extension MigrationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let path): "cannot read \(path)"
        case .badFileName(let name): "the migration \(name) is not named NNNN_name.sql"
        case .duplicateNumber(let first, let second): "the migrations \(first) and \(second) have the same number"
        case .newerDatabase(let names):
            "the database is newer than this program: it has \(names.joined(separator: ", "))"
        case .changedMigration(let name): "the migration \(name) was changed after it had been applied"
        case .outOfOrder(let name, let last): "the migration \(name) comes before \(last), which is applied already"
        case .failed(let name, let error): "the migration \(name) failed: \(error)"
        }
    }
}
