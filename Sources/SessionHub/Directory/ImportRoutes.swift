import HTTPTypes
import StrictJSON
import WebSocketServer

/// The import of a whole Directory over REST, for administrators and the platform's services.
package struct ImportRoutes: Sendable {
    private static let largestBody = 16 * 1024 * 1024

    private let journal: Journal

    package init(journal: Journal) { self.journal = journal }

    package func add(to api: inout API) {
        api.add(.post, "/api/directory/import", maxBody: Self.largestBody) { call in
            try call.requireAdministrator()
            let media = call.request.headers[.contentType]?.prefix { $0 != ";" }.trimmed.lowercased()
            guard media == "application/x-ndjson" else {
                throw HubError(
                    .unsupportedMediaType,
                    Localized(en: "Send application/x-ndjson.", fr: "Envoyez application/x-ndjson.")
                )
            }
            let (language, force) = (call.language, call.isForced)
            let lines = try DirectoryImport(ndjson: call.request.body, language: language)
            let summary = try await journal.write { try lines.apply(force: force, language: language, in: $0) }
            return Reply(summary.json)
        }
    }
}
