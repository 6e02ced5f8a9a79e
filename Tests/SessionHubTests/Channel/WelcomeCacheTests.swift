import Testing

@testable import SessionHub

@Suite("What welcomes have in common")
struct WelcomeCacheTests {
    private let one = Array("[1]".utf8)
    private let two = Array("[2]".utf8)

    @Test func `what everybody may see is read once for a seq, and again for the next`() {
        let cache = WelcomeCache()
        #expect(cache.events(at: 7) { (one, true) } == one)
        #expect(cache.events(at: 7) { (two, true) } == one)
        #expect(cache.events(at: 8) { (two, true) } == two)
    }

    @Test func `what differs between readers is not shared`() {
        let cache = WelcomeCache()
        #expect(cache.events(at: 7) { (one, false) } == one)
        #expect(cache.events(at: 7) { (two, false) } == two)
    }

    @Test func `a part is encoded once for its version, and anew for the next event`() {
        let cache = WelcomeCache()
        #expect(cache.part(4, version: 1, at: 7) { one } == one)
        #expect(cache.part(4, version: 1, at: 7) { two } == one)
        #expect(cache.part(5, version: 1, at: 7) { two } == two)
        #expect(cache.part(4, version: 2, at: 7) { two } == two)
        #expect(cache.part(4, version: 2, at: 8) { one } == one)
        #expect(cache.events(at: 8) { (two, true) } == two)
        #expect(cache.part(4, version: 2, at: 8) { two } == one, "the events take nothing from the parts")
    }

    @Test func `who reads an older state gets it, and replaces nothing newer`() {
        let cache = WelcomeCache()
        #expect(cache.part(4, version: 1, at: 8) { one } == one)
        #expect(cache.part(4, version: 1, at: 7) { two } == two)
        #expect(cache.events(at: 7) { (two, true) } == two)
        #expect(cache.part(4, version: 1, at: 8) { two } == one)
    }

    @Test func `a failed reading is not kept`() {
        let cache = WelcomeCache()
        #expect(throws: HubError(.internal)) { try cache.events(at: 7) { throw HubError(.internal) } }
        #expect(cache.events(at: 7) { (one, true) } == one)
    }
}
