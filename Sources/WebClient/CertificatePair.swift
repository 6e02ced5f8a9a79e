internal import COpenSSL

/// A server's certificate and its key, as files in PEM.
package struct CertificatePair {
    private let certificate: String
    private let key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Whether both can be read and belong together.
    package var isUsable: Bool { unsafe amphi_tls_pair(certificate, key) == 1 }
}
