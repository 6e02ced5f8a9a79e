import Testing

@testable import WebSocketServer

@Suite struct ConnectionLimitsTests {
    private func limits(_ total: Int, _ perAddress: Int, tls: Bool = false, descriptors: Int) -> [Int] {
        let configuration = WebServerConfiguration.make {
            ($0.maxConnections, $0.maxConnectionsPerAddress) = (total, perAddress)
            if tls { $0.tls = .init(certificatePath: "c", keyPath: "k") }
        }
        let limits = ConnectionLimits(configuration, descriptors: descriptors)
        return [limits.total, limits.perAddress, limits.isReduced ? 1 : 0, limits.wanted]
    }

    // Found from outside, no. A4
    @Test func `no more connections than descriptors, and an address keeps its share of them`() {
        #expect(limits(16_384, 4096, descriptors: .max) == [16_384, 4096, 0, 16_512])
        #expect(limits(16_384, 4096, descriptors: 16_512) == [16_384, 4096, 0, 16_512])
        #expect(limits(16_384, 4096, descriptors: 1024) == [896, 224, 1, 16_512])
        #expect(limits(16_384, 0, descriptors: 1024) == [896, 0, 1, 16_512])
        #expect(limits(1000, 250, tls: true, descriptors: 1628) == [500, 125, 1, 3128])
        #expect(limits(4, 1, descriptors: 64) == [1, 1, 1, 132])
    }

    @Test func `the soft limit is raised and never lowered`() {
        let before = ConnectionLimits.raiseDescriptors(to: 0)
        #expect(ConnectionLimits.raiseDescriptors(to: 10) == before)
    }
}
