@testable import SessionHub

extension ChannelAPI {
    /// The hub's commands, as it wires them, with the limits of an installation that sets none.
    static let standard: ChannelAPI = {
        let clock = HubClock()
        var settings = JitsiConfiguration.Settings()
        settings.serverURL = "https://meet.example.org"
        guard let jitsi = try? JitsiService(JitsiConfiguration(settings)) else {
            preconditionFailure("this server URL is one")
        }
        let windows = ClassWindows()
        return Commands(
            limits: HubLimits(), windows: windows, sessions: SessionOperations(jitsi: jitsi, windows: windows),
            steering: .steering(HubLimits(), clock: clock), votes: .votes(clock: clock), clock: clock
        ).channel()
    }()
}
