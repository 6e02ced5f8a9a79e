import Foundation
import SessionHub
import WebClient

/// What one question to a Jitsi server tells. This is the rule alone, without the asking.
struct JitsiVisit {
    /// The address as the operator wrote it, without its path.
    let origin: String
    let result: Result<WebAnswer, WebClientError>
    /// The time of our clock before the question and after the answer.
    let begin: Timestamp
    let end: Timestamp

    enum Finding: Equatable {
        case good(String), warning(String), problem(String)
    }

    /// - Parameter signs: whether the hub signs tokens for this server, so that the clocks must agree.
    func findings(signs: Bool) -> [Finding] {
        switch result {
        case .failure(let error): [.problem(Self.sentence(error, origin))]
        case .success(let answer): [script(answer), clock(answer, signs: signs)]
        }
    }

    // MARK: - Its script

    private func script(_ answer: WebAnswer) -> Finding {
        let address = "\(origin)/external_api.js"
        switch answer.status {
        // Browsers run nothing that says it is a page: "nosniff" is what Jitsi's own servers send with it.
        case 200 where answer.headers["content-type"]?.lowercased().contains("html") == true:
            return .problem("\(address) is a page and no script: the page cannot embed a call")
        case 200 where answer.body.firstRange(of: Array("JitsiMeetExternalAPI".utf8)) != nil:
            return .good("\(address) is Jitsi's IFrame API")
        case 200: return .problem("\(address) is no script of Jitsi's: the page cannot embed a call")
        case 300..<400:
            let place = answer.headers["location"].map { " to \($0)" } ?? ""
            return .problem("\(address) leads elsewhere\(place): JITSI_SERVER_URL must name the server itself")
        default: return .problem("\(address) answers \(answer.status): no Jitsi Meet is there")
        }
    }

    static func sentence(_ error: WebClientError, _ origin: String) -> String {
        switch error {
        case .unknownHost: "\(origin): no such host is known here (JITSI_SERVER_URL)"
        case .unreachable: "\(origin) cannot be reached: nobody listens there"
        case .untrusted(let reason) where reason.contains("wrong version number"):
            "\(origin) answers, but not with TLS: is it the right port and scheme?"
        case .untrusted(let reason): "\(origin) has no certificate that this machine trusts: \(reason)"
        case .silent: "\(origin) gives no answer in time"
        case .notHTTP: "\(origin) answers, but not with HTTP: is it the right port and scheme?"
        }
    }

    // MARK: - Its clock

    /// The most seconds by which the clocks may differ. Jitsi allows no difference itself, and a token is valid from 30
    /// s before its minting on.
    private static let mostDifference: Int64 = 30

    private func clock(_ answer: WebAnswer, signs: Bool) -> Finding {
        guard let text = answer.headers["date"], let theirs = Self.seconds(text) else {
            return .warning("\(origin) does not tell its time: compare the clocks by hand")
        }
        let ahead = Self.secondsAhead(begin: begin.seconds, end: end.seconds, theirs: theirs)
        guard abs(ahead) > Self.mostDifference else { return .good("the clock agrees with that of \(origin)") }
        let sentence =
            "the clock is \(abs(ahead)) s \(ahead > 0 ? "ahead of" : "behind") that of \(origin): use NTP on both"
        return signs ? .problem("\(sentence), or tokens are refused") : .warning(sentence)
    }

    /// How far our clock is ahead of one that showed `theirs`, in whole seconds, some time between our `begin` and
    /// `end`.
    static func secondsAhead(begin: Int64, end: Int64, theirs: Int64) -> Int64 {
        if begin > theirs + 1 { return begin - theirs - 1 }
        return end < theirs ? end - theirs : 0
    }

    /// Seconds since 1970 of an HTTP date.
    static func seconds(_ text: String) -> Int64? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.date(from: text).map { Int64($0.timeIntervalSince1970) }
    }
}
