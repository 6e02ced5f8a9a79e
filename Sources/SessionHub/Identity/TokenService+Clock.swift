/// Tokens and a wall clock that was set.
extension TokenService {
    /// The caller whom `token` names, by the hub's clock.
    ///
    /// When the clock was set back, a token issued before that is not taken for one from the future. When it was set
    /// forward, no token ends by that: one that was issued before the step is checked by the clock as it was then, and
    /// the caller's times are moved to the clock of now.
    func caller(from token: String, at clock: HubClock) throws(HubError) -> Caller {
        let (now, latest) = (clock.wallSeconds, clock.latest.seconds)
        do throws(HubError) {
            return try caller(from: token, nowSeconds: now, latestIssue: latest)
        } catch {
            guard error.code == .tokenExpired else { throw error }
            var by: Int64 = 0
            for step in clock.steps.reversed() {
                by += step.by
                guard by > 0 else { continue }
                guard let old = try? caller(from: token, nowSeconds: now - by / 1000, latestIssue: latest),
                    let issued = old.issuedAt, issued <= step.at, issued.seconds >= (step.since?.seconds ?? .min)
                else { continue }
                return old.moved(by: by)
            }
            throw error
        }
    }
}

extension Caller {
    /// The caller with the times of their token moved to a clock that was set since. The time of issue stays, because
    /// revocations are compared with it.
    fileprivate func moved(by milliseconds: Int64) -> Caller {
        Caller(
            userID: userID, role: role, email: email, firstName: firstName, lastName: lastName, issuedAt: issuedAt,
            expiresAt: expiresAt + milliseconds, channelSession: channelSession,
            login: login.map { Login(way: $0.way, at: $0.at + milliseconds) }, service: service
        )
    }
}
