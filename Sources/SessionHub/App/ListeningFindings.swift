import WebSocketServer

/// What a check-up of the configuration finds before the hub listens with it, by the server's own means.
extension HubConfiguration {
    /// Why the hub could not listen on its host, whatever the port.
    package var hostProblem: String? {
        do throws(WebServerError) {
            try WebServer.tryHost(host)
            return nil
        } catch {
            return ConfigurationError(error, self).description
        }
    }

    /// What is wrong with the certificate, if there is one.
    package var certificateProblem: String? {
        guard let certificate = tlsCertificate, let key = tlsKey else { return nil }
        switch WebServerConfiguration.TLS(certificatePath: certificate, keyPath: key).state {
        case .valid: return nil
        case .unusable: return ConfigurationError(.certificate, self).description
        case .expired: return "\(certificate) has expired: browsers refuse it."
        case .notYetValid: return "\(certificate) is not valid yet: browsers refuse it."
        }
    }
}
