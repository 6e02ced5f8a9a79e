/// Why a test client could not do what it was asked for, in a sentence that the test's report shows.
package struct TestFailure: Error, CustomStringConvertible, Equatable {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// With the system's word for the last error of this thread.
    package static func system(_ call: String) -> TestFailure {
        TestFailure("\(call): \(String(cString: strerror(errno)))")
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
