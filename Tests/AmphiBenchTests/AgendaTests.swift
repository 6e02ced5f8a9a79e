import Testing

@testable import amphi_bench

struct AgendaTests {
    @Test func `what is due comes in the order of time, then of adding`() {
        var agenda = Agenda<String>()
        for (time, name) in [(30, "d"), (10, "a"), (20, "b"), (20, "c")] as [(UInt64, String)] {
            agenda.add(name, at: time)
        }
        #expect(agenda.nextDueAt == 10)
        #expect(agenda.takeDue(at: 9) == nil)
        var taken: [String] = []
        while let name = agenda.takeDue(at: 20) { taken.append(name) }
        #expect(taken == ["a", "b", "c"])
        #expect(agenda.nextDueAt == 30)
    }

    @Test func `nothing to do is due never`() {
        var agenda = Agenda<Int>()
        #expect(agenda.nextDueAt == .max)
        #expect(agenda.takeDue(at: .max) == nil)
    }
}
