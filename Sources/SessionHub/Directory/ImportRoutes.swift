import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The import of a whole Directory over REST, for administrators and the platform's services.
struct ImportRoutes: Sendable {
    private let directory: DirectoryImport

    init(database: any SQLDatabase, journal: Journal, limits: HubLimits, room: any CourseFollower) {
        directory = DirectoryImport(database: database, journal: journal, limits: limits, room: room)
    }

    func add(to api: inout API) {
        api.add(
            .post, "/api/directory/import", for: .administrators, maxBody: ImportReader.mostBytes, answersAnew: true,
            take
        )
    }

    private func take(_ call: Call) async throws -> Reply {
        let media = call.request.headers[.contentType]?.prefix { $0 != ";" }.trimmed.lowercased()
        guard let format = media.flatMap(ImportReader.Format.init(rawValue:)) else {
            throw HubError(
                .unsupportedMediaType,
                Localized(
                    en: "Send application/x-ndjson or text/csv.", fr: "Envoyez application/x-ndjson ou text/csv."
                )
            )
        }
        var options = DirectoryImport.Options()
        options.isDryRun = try call.flag("dry_run")
        options.force = try call.flag("force")
        options.language = call.language
        options.charset = call.charset
        return Reply(try await directory.run(call.request.body, as: format, options, for: call.caller).json)
    }
}

extension Call {
    /// The character set that the media type names, without quotes.
    fileprivate var charset: String? {
        let parameters = request.headers[.contentType]?.split(separator: ";").dropFirst().map(\.trimmed) ?? []
        return parameters.first { $0.lowercased().hasPrefix("charset=") }
            .map { String($0.dropFirst(8)).replacing("\"", with: "") }
    }
}
