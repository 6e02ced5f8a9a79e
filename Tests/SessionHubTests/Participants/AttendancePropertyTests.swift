import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// The attendance list is the truth: over random comings and goings, by channel and REST, with crashes of the hub and
/// jumps of the machine's clock, of minus two hours to plus a day and while the hub is away as well, against a register
/// kept beside it.
@Suite("Property: attendance", .timeLimit(.minutes(3)))
struct AttendancePropertyTests {
    // Found from outside, no. 9
    @Test(arguments: 1...50)
    func `every sum is the union of the true intervals, and no segment is ever rewritten`(seed: UInt64) async throws {
        try await Classroom.quiet { hub in
            var day = try await SchoolDay(seed: seed, hub: hub)
            do {
                for _ in 0..<50 { try await day.step() }
                try await day.finish()
            } catch {
                throw TestFailure("seed \(seed): \(day.log.joined(separator: "; ")): \(error)")
            }
        }
    }
}
