import ArgumentParser
import Foundation
import Logging
import SessionHub

/// What the command line says on standard output, unbuffered, so that a program that waits for a line gets it at once.
enum Output {
    static func line(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

    /// Ends the process at once. A thread that hangs in the disk would keep everything else waiting for it.
    static func leave(_ status: Int32) -> Never { _exit(status) }
}

/// What goes wrong on standard error, as sentences, and the exit status that says so.
enum Failure {
    static func exit(_ sentences: [String]) -> ExitCode {
        for sentence in sentences { FileHandle.standardError.write(Data("amphi: \(sentence)\n".utf8)) }
        return .failure
    }

    static func exit(_ error: any Error) -> ExitCode {
        switch error {
        case let error as ConfigurationError: exit(error.problems)
        case let error as Refusal: exit(error.sentences)
        case let error as HubError: exit([error.message(in: .english)])
        default: exit(["\(error)"])
        }
    }
}

extension Logger {
    /// Logs to standard error: standard output belongs to what the command answers.
    static func command(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "amphi") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
