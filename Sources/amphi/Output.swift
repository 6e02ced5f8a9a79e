import ArgumentParser
import Foundation
import Logging
import SessionHub
import SystemPackage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the command line says on standard output, unbuffered, so that a program that waits for a line gets it at once.
enum Output {
    /// Writes a line. When that fails, the end of the command is thrown and what it has done stays done: with a
    /// sentence, unless whoever read it has gone, as `head` does.
    ///
    /// - Parameter remedy: a sentence that says how to get again what is lost with the line.
    static func line(_ text: String, ifLost remedy: String? = nil) throws(ExitCode) {
        do throws(Errno) {
            try write("\(text)\n", to: .standardOutput)
        } catch .brokenPipe where remedy == nil {
            throw .failure
        } catch {
            throw Failure.exit(["the output could not be written: \(error)."] + [remedy].compactMap(\.self))
        }
    }

    /// Tells whoever watches the terminal how far a long command is; nothing depends on it.
    static func note(_ text: String) { try? write("amphi: \(text)\n", to: .standardError) }

    /// Writes with write(2), because Foundation's file handles end the process when they cannot write.
    fileprivate static func write(_ text: String, to descriptor: FileDescriptor) throws(Errno) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            do {
                rest = rest.dropFirst(try rest.withUnsafeBytes { try descriptor.write($0) })
            } catch Errno.wouldBlock {
                // Somebody who shares the pipe has made it non-blocking.
                var entry = pollfd(fd: descriptor.rawValue, events: Int16(POLLOUT), revents: 0)
                _ = poll(&entry, 1, -1)
            } catch {
                throw error as? Errno ?? .ioError
            }
        }
    }

    /// Called before everything else. A reader that has gone becomes an error of `write` and does not end the process.
    /// The places of standard streams that are closed are taken by descriptors that cannot be used: otherwise the
    /// database would get such a place, and what the command says would be written into it.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // This is the lowest free descriptor, which the system gives out next: those below are open.
            _ = open("/dev/null", mode)
        }
    }

    /// Ends the process at once. Any other way out would wait for a thread that hangs in the disk.
    static func leave(_ status: Int32) -> Never { _exit(status) }
}

/// Says on standard error what went wrong, and gives the exit status that tells of it.
enum Failure {
    static func exit(_ sentences: [String]) -> ExitCode {
        for sentence in sentences { try? Output.write("amphi: \(sentence)\n", to: .standardError) }
        return .failure
    }

    static func exit(_ error: any Error) -> ExitCode {
        switch error {
        // What went wrong has been said already.
        case let error as ExitCode: error
        case let error as ConfigurationError: exit(error.problems)
        case let error as Refusal: exit(error.sentences)
        case let error as HubError: exit([error.message(in: .english)])
        case let error as CocoaError: exit([sentence(error)])
        default: exit(["\(error)"])
        }
    }

    /// A short sentence for an error of Foundation's, which describes itself with all that is in it.
    private static func sentence(_ error: CocoaError) -> String {
        let path = error.userInfo[NSFilePathErrorKey] as? String ?? error.url?.path
        let cause = error.userInfo[NSUnderlyingErrorKey] as? POSIXError
        let reason = cause.map { "\(Errno(rawValue: $0.code.rawValue))" } ?? error.localizedDescription
        return (path.map { "\($0): " } ?? "") + reason
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
