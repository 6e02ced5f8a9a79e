import Foundation
import WebSocketServer

extension ConfigurationError {
    /// Why the hub could not listen, as a sentence that names the key to change.
    init(_ error: WebServerError, _ configuration: HubConfiguration) {
        let place = "\(configuration.host) port \(configuration.port)"
        let sentence =
            switch error {
            case .certificate:
                "AMPHI_TLS_CERT and AMPHI_TLS_KEY cannot be used: both must be PEM, and belong together."
            case .unknownHost(let host): "AMPHI_HOST \(host) is not known on this machine."
            case .cannotListen(EADDRINUSE): "AMPHI_PORT \(configuration.port) is taken on \(configuration.host)."
            case .cannotListen(EACCES):
                "AMPHI_PORT \(configuration.port) may be opened by root only: take one from 1024 up."
            case .cannotListen(EADDRNOTAVAIL): "AMPHI_HOST \(configuration.host) is no address of this machine."
            case .cannotListen(let number): "the hub cannot listen on \(place) (errno \(number))."
            case .loop(let reason): "an event loop cannot be made: \(reason)"
            case .alreadyStarted: "the hub was started twice."
            }
        self.init(sentence)
    }
}
