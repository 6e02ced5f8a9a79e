extension SeedImport {
    /// What was done, or would be done, in rows of each table.
    package struct Report: Sendable {
        package var taken: [SeedTable: Int] = [:]
        package var unchanged: [SeedTable: Int] = [:]
        package var skipped = 0
        /// Messages in which nothing can be seen; they are left out.
        package var blank = 0
        package var noteCount = 0
        /// The first things that were not taken as they stand in the dump, each with its file and line.
        package var notes: [String] = []
        package var faultCount = 0
        /// The first of them, each with its file and line.
        package var faults: [String] = []

        mutating func add(_ fault: String) {
            faultCount += 1
            if faults.count < ImportErrors.most { faults.append(fault) }
        }

        mutating func add(notes more: [String], of row: SeedRow) {
            noteCount += more.count
            notes += more.prefix(max(ImportErrors.most - notes.count, 0)).map { "\(row.place), \($0)." }
        }
    }
}
