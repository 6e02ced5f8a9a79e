import Glibc
import Testing

@testable import WebSocketServer

@Suite("Memory that a burst leaves behind") struct FreeMemoryTests {
    private final class Block {
        let bytes = [UInt8](repeating: 1, count: 1000)
    }

    /// A sanitizer brings an allocator of its own.
    private static let isGlibc = unsafe dlsym(nil, "__tsan_init") == nil && dlsym(nil, "__asan_init") == nil

    @Test(.enabled(if: isGlibc)) func `goes back to the system, although something is in use between it`() throws {
        var blocks = (0..<100_000).map { _ in Block() }
        // Every fiftieth stays: the heap cannot shrink from its end.
        let kept = stride(from: 0, to: blocks.count, by: 50).map { blocks[$0] }
        blocks = []
        let before = try #require(FreeMemory.residentBytes)
        let isTrimmed = FreeMemory.trim(beyond: 48 << 20)
        let after = try #require(FreeMemory.residentBytes)
        #expect(isTrimmed)
        #expect(before - after > 50 << 20, "\(before) -> \(after)")
        #expect(kept.allSatisfy { $0.bytes.allSatisfy { $0 == 1 } })
    }

    @Test func `stays as long as it is little`() {
        #expect(!FreeMemory.trim(beyond: 1 << 40))
    }
}
