@testable import SessionHub

/// The `HubError` that `body` throws, or nil.
func hubError<T>(_ body: () async throws -> T) async throws -> HubError? {
    do {
        _ = try await body()
        return nil
    } catch let error as HubError {
        return error
    }
}
