import Foundation

/// The disk under a hub's folder, made to fail while the hub runs (`Tests/DiskFault/disk_fault.c`).
package struct FaultyDisk: Sendable {
    /// What fails; the words are the preloaded library's.
    package enum Fault: String, Sendable, CaseIterable {
        case full, short, io, sync, truncate, hang, freeze
    }

    package let folder: TestFolder
    private var control: String { folder.file("disk-fault") }

    package init() throws {
        folder = try TestFolder()
        try heal()
    }

    /// For the hub's process.
    package var environment: [String: String] {
        ["LD_PRELOAD": HubProcess.executable("libDiskFault.so"), "AMPHI_DISK_FAULT": control]
    }

    /// From the next call on.
    package func fail(_ fault: Fault) throws { try say(fault.rawValue) }
    package func heal() throws { try say("") }

    /// Replaces the file: nobody ever reads half a word.
    private func say(_ word: String) throws {
        try Data(word.utf8).write(to: URL(fileURLWithPath: control), options: .atomic)
    }
}

/// The wall clock of a hub's machine, which a test sets while the hub runs (`Tests/DiskFault/clock_shift.c`).
package struct MachineClock: Sendable {
    private let control: String

    package init(_ folder: TestFolder) throws {
        control = folder.file("clock-shift")
        try set(seconds: 0)
    }

    /// For the hub's process.
    package var environment: [String: String] {
        ["LD_PRELOAD": HubProcess.executable("libDiskFault.so"), "AMPHI_CLOCK_SHIFT": control]
    }

    /// So many seconds ahead of this test's own clock, from the next call on.
    package func set(seconds: Int64) throws {
        try Data("\(seconds * 1000)".utf8).write(to: URL(fileURLWithPath: control), options: .atomic)
    }
}
