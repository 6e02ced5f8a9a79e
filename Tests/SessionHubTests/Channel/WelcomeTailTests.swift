import Testing

@testable import SessionHub

@Suite("Welcome tail")
struct WelcomeTailTests {
    private let one = Array("[1]".utf8)
    private let two = Array("[2]".utf8)

    @Test func `what everybody may see is read once for a seq, and again for the next`() {
        let tail = WelcomeTail()
        #expect(tail.events(at: 7) { (one, true) } == one)
        #expect(tail.events(at: 7) { (two, true) } == one)
        #expect(tail.events(at: 8) { (two, true) } == two)
    }

    @Test func `what differs between readers is not shared`() {
        let tail = WelcomeTail()
        #expect(tail.events(at: 7) { (one, false) } == one)
        #expect(tail.events(at: 7) { (two, false) } == two)
    }

    @Test func `a failed reading is not kept`() {
        let tail = WelcomeTail()
        #expect(throws: HubError(.internal)) { try tail.events(at: 7) { throw HubError(.internal) } }
        #expect(tail.events(at: 7) { (one, true) } == one)
    }
}
