import Tokens

extension JitsiService {
    /// The way in for `access.user`, as host or participant by the hub's own word.
    func entry(
        session: LiveSession, access: SessionAccess, email: String, now: Timestamp
    ) throws(TokenError) -> JitsiEntry {
        let made = try generateJWT(
            room: session.roomName, user: access.user, email: email, isModerator: access.isHost,
            mayRecord: session.isRecordingEnabled, now: now
        )
        let settings = JitsiCallSettings(
            subject: session.title, isModerator: access.isHost, hasToken: made != nil
        )
        return JitsiEntry(
            jwt: made?.token,
            joinURL: joinURL(room: session.roomName, token: made?.token, settings: settings),
            expiresAt: made?.expiresAt,
            room: configuration.address.room(session.roomName),
            serverURL: configuration.serverURL,
            config: settings.overwrite
        )
    }
}
