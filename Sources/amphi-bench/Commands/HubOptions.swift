import ArgumentParser
import Glibc

/// A hub that runs already.
struct HubOptions: ParsableArguments {
    @Option(help: "The hub.")
    var url = "http://127.0.0.1:8080"

    @Option(help: "The hub's JWT_SECRET (default: the variable of that name).")
    var jwtSecret: String?

    func secret() throws -> String {
        if let jwtSecret { return jwtSecret }
        guard let variable = unsafe getenv("JWT_SECRET") else {
            throw SetupError("the hub's secret is missing: set JWT_SECRET or --jwt-secret")
        }
        return unsafe String(cString: variable)
    }

    /// Makes people and one live session for all of them.
    ///
    /// - Parameter withHost: whether the teacher is one more client, the last.
    func oneSession(clients: Int, senders: Int, withHost: Bool = false) throws -> SessionPlan {
        try DescriptorLimit.ensure(connections: clients + (withHost ? 1 : 0))
        let size = SessionSetup.Size(clients: clients, sessions: 1, sendersPerSession: senders, sourceAddresses: 1)
        Console.note("setting up \(clients) clients")
        let plans = try SessionSetup(address: HubAddress(url: url), secret: secret(), size: size).prepare()
        guard var plan = plans.first else { throw SetupError("no session") }
        if withHost, let host = plan.host { plan.clients.append(host) }
        return plan
    }
}
