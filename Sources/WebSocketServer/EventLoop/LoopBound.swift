/// A value that belongs to one event loop, carried across threads as a sealed box.
///
/// `@unchecked Sendable`: the box itself is immutable, and `get` hands the value out only on the loop that it was made
/// on or given to (checked at run time), so that the value is never touched on two threads.
package struct LoopBound<Value>: @unchecked Sendable {
    package let loop: EventLoop
    private let value: Value

    package init(_ value: Value, on loop: isolated EventLoop) {
        self.loop = loop
        self.value = value
    }

    /// Gives a new value, which nobody else holds, to a loop that it will belong to.
    package init(sending value: sending Value, to loop: EventLoop) {
        self.loop = loop
        self.value = value
    }

    /// Traps on any loop but its own.
    package func get(on loop: isolated EventLoop) -> Value {
        precondition(loop === self.loop, "a value of loop \(self.loop.index) was opened on loop \(loop.index)")
        return value
    }
}
