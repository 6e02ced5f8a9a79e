import Synchronization

/// The hub's two clocks: the machine's wall clock, which somebody may set, and one that only ever goes on.
///
/// `now` is the wall: what it says counts for timetables, tokens and answers. `steady` began with the database, at the
/// wall's time, and passes as time passes, over restarts of the hub as well (`resume`): intervals, waits and limits are
/// counted by it. A step of the wall is noticed by comparing both (`review`), and bends nothing that is counted
/// (decision 0021).
package struct HubClock: Sendable {
    /// One moment by both clocks.
    struct Moment: Sendable, Equatable {
        let wall: Timestamp
        let steady: Timestamp

        init(wall: Timestamp, steady: Timestamp) { (self.wall, self.steady) = (wall, steady) }
    }

    /// A step of the wall clock that the hub has seen.
    struct Step: Sendable, Equatable {
        /// When the step before it was; nil when there was none.
        let since: Timestamp?
        /// What the wall said just before.
        let at: Timestamp
        /// By how many milliseconds; negative when the clock was set back.
        let by: Int64
    }

    private struct State {
        /// The wall clock's time minus that of the steady clock, at the last look.
        var difference: Int64
        /// The latest time that the wall has shown.
        var latest: Timestamp
        var steps: [Step] = []
    }

    private final class Anchor: Sendable {
        /// The steady clock's time minus the time that has elapsed.
        let offset: Atomic<Int64>
        let state: Mutex<State>

        init(offset: Int64, wall: Timestamp) {
            self.offset = Atomic(offset)
            state = Mutex(State(difference: 0, latest: wall))
        }
    }

    /// A smaller difference is no step: clocks are inaccurate, and a time server steers them.
    private static let leastStep: Int64 = 1000
    /// How many steps are kept. Tokens from before older ones have ended.
    private static let mostSteps = 8

    private let readWall: @Sendable () -> Int64
    private let readElapsed: @Sendable () -> Int64
    /// Names the run of the machine in which `elapsed` is counted; nil when nothing does.
    private let boot: String?
    private let anchor: Anchor

    package init() {
        self.init(
            wall: { Self.milliseconds(CLOCK_REALTIME) }, elapsed: { Self.milliseconds(Self.monotonic) }, boot: Self.boot
        )
    }

    /// The clock of a machine whose two clocks are given, both in milliseconds: its wall clock since 1970, and one that
    /// never jumps.
    init(wall: @escaping @Sendable () -> Int64, elapsed: @escaping @Sendable () -> Int64, boot: String? = nil) {
        (readWall, readElapsed, self.boot) = (wall, elapsed, boot)
        let start = wall()
        anchor = Anchor(offset: start - elapsed(), wall: Timestamp(milliseconds: start))
    }

    /// A clock that a test moves; nobody sets it.
    init(_ now: @escaping @Sendable () -> Timestamp) {
        self.init(wall: { now().milliseconds }, elapsed: { now().milliseconds })
    }

    /// The wall clock.
    package var now: Timestamp { Timestamp(milliseconds: readWall()) }

    /// Seconds since 1970 by the wall clock.
    package var wallSeconds: Int64 { now.seconds }

    /// The clock that only goes on.
    var steady: Timestamp {
        Timestamp(milliseconds: readElapsed() + anchor.offset.load(ordering: .relaxed))
    }

    var moment: Moment { Moment(wall: now, steady: steady) }

    /// The latest time that this hub can have put on anything. It is later than `now` after the wall clock was set
    /// back.
    var latest: Timestamp { max(now, anchor.state.withLock(\.latest)) }

    /// The steps that tokens may have lived through, oldest first.
    var steps: [Step] { anchor.state.withLock(\.steps) }
}

// MARK: - Steps

extension HubClock {
    /// Compares the two clocks; called a few times a second.
    ///
    /// - Returns: a step of the wall since the last look.
    func review() -> Step? {
        let (moment, difference) = read()
        return anchor.state.withLock { Self.look(moment, difference, &$0) }
    }

    private func read() -> (Moment, difference: Int64) {
        let moment = moment
        return (moment, moment.wall - moment.steady)
    }

    private static func look(_ moment: Moment, _ difference: Int64, _ state: inout State) -> Step? {
        let by = difference - state.difference
        state.difference = difference
        state.latest = max(state.latest, abs(by) < leastStep ? moment.wall : moment.wall - by)
        guard abs(by) >= leastStep else { return nil }
        let step = Step(since: state.steps.last.map { $0.at + $0.by }, at: moment.wall - by, by: by)
        state.steps.append(step)
        if state.steps.count > mostSteps { state.steps.removeFirst() }
        return step
    }

    /// What the next process must know.
    var record: ClockRecord {
        let (moment, _) = read()
        return anchor.state.withLock { state in
            ClockRecord(
                boot: boot, elapsed: moment.steady.milliseconds - anchor.offset.load(ordering: .relaxed),
                steady: moment.steady, difference: state.difference, latest: state.latest, steps: state.steps
            )
        }
    }

    /// Goes on where an earlier process stopped. In the same run of the machine the time in between is known exactly.
    /// Otherwise only the wall clock can tell it, but the steady clock never goes back.
    ///
    /// - Returns: a step of the wall meanwhile.
    func resume(_ record: ClockRecord) -> Step? {
        let (wall, elapsed) = (now, readElapsed())
        let steady: Timestamp
        if let boot, boot == record.boot, elapsed >= record.elapsed {
            steady = record.steady + (elapsed - record.elapsed)
        } else {
            steady = max(record.steady, wall - record.difference)
        }
        anchor.offset.store(steady.milliseconds - elapsed, ordering: .relaxed)
        return anchor.state.withLock { state in
            state = State(difference: record.difference, latest: record.latest, steps: record.steps)
            return Self.look(Moment(wall: wall, steady: steady), wall - steady, &state)
        }
    }
}

// MARK: - The machine

extension HubClock {
    #if os(Linux)
        /// Goes on while the machine sleeps, as time does.
        private static let monotonic = CLOCK_BOOTTIME
        private static let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            .trimmed
    #else
        private static let monotonic = CLOCK_MONOTONIC
        private static let boot: String? = nil
    #endif

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // clock_gettime(2) cannot fail for these clocks with a valid pointer.
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

#if canImport(Glibc)
    import Foundation
    import Glibc
#else
    import Darwin
    import Foundation
#endif
