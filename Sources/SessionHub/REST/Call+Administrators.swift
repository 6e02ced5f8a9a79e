extension Call {
    /// The Directory belongs to administrators and services.
    func requireAdministrator() throws(HubError) {
        guard caller.isAdministrator else { throw HubError(.forbidden) }
    }
}
