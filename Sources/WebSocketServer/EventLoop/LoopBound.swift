/// A value that belongs to one event loop, carried across threads as a sealed box.
///
/// `@unchecked Sendable`: the box itself is immutable, and `get` hands the value out only on the loop that it was made
/// on (checked at run time), so that the value is never touched on two threads.
package struct LoopBound<Value>: @unchecked Sendable {
    package let loop: EventLoop
    private let value: Value

    package init(_ value: Value, on loop: isolated EventLoop) {
        self.loop = loop
        self.value = value
    }

    /// Traps on any loop but the one of `init`.
    package func get(on loop: isolated EventLoop) -> Value {
        precondition(loop === self.loop, "a value of loop \(self.loop.index) was opened on loop \(loop.index)")
        return value
    }
}
