import Testing

@testable import amphi_bench

struct FaultPlanTests {
    private func plan(
        _ seed: UInt64, _ kinds: [FaultPlan.Kind] = FaultPlan.Kind.allCases, seconds: Double = 30,
        hasStandby: Bool = true
    ) -> FaultPlan {
        var random = SeededRandom(seed: seed)
        return FaultPlan(kinds: kinds, nodes: 3, seconds: seconds, hasStandby: hasStandby, random: &random)
    }

    @Test func `a seed decides everything`() {
        #expect(plan(1) == plan(1))
        #expect(plan(1) != plan(2))
    }

    @Test func `faults come in their order, while the run lasts, and every kind comes`() {
        var kinds: Set<FaultPlan.Kind> = []
        for seed in 0..<100 {
            let faults = plan(UInt64(seed)).faults
            #expect(faults.map(\.at) == faults.map(\.at).sorted())
            #expect(faults.allSatisfy { $0.at <= 27 * MonotonicClock.second && (0..<3).contains($0.node) })
            #expect(faults.count { $0.kind == .promote } == 1)
            // No pause is longer than the run.
            #expect(faults.allSatisfy { $0.lasts <= 20 * MonotonicClock.second })
            kinds.formUnion(faults.map(\.kind))
        }
        #expect(kinds == Set(FaultPlan.Kind.allCases))
    }

    @Test func `only what may happen does`() {
        #expect(plan(1, []).faults == [])
        #expect(Set(plan(1, [.kill, .cut]).faults.map(\.kind)).isSubset(of: [.kill, .cut]))
        #expect(plan(1, hasStandby: false).faults.allSatisfy { $0.kind != .promote })
        #expect(plan(1, [.promote], hasStandby: true).faults.map(\.kind) == [.promote])
    }
}
