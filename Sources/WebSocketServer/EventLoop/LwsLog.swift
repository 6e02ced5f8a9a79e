internal import CLibwebsockets
import Logging
import Synchronization

/// libwebsockets' own log lines, at debug: they may hold what clients sent.
enum LwsLog {
    /// lws has one log function per process; the last server that starts gets the lines.
    private static let logger = Mutex<Logger?>(nil)

    static func redirect(to newLogger: Logger) {
        logger.withLock { $0 = newLogger }
        let isWanted = newLogger.logLevel <= .debug
        unsafe lws_set_log_level(Int32(isWanted ? LLL_ERR | LLL_WARN : 0)) { _, line in
            guard let line = unsafe line else { return }
            let text = unsafe String(cString: line)
            let logger = LwsLog.logger.withLock { $0 }
            logger?.debug("libwebsockets", metadata: ["lws.line": "\(text.prefix(while: { $0 != "\n" }))"])
        }
    }
}
