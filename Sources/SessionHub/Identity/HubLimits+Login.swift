import StrictJSON

extension HubLimits {
    /// The limits of sign-ins, for `GET /api/config` alone: a channel has nothing to do with them.
    var loginJSON: JSON {
        [
            "failures_per_account": .integer(Int64(loginFailures)),
            "failures_per_address": .integer(Int64(loginFailuresPerAddress)),
            "longest_delay_ms": .integer(loginDelayMilliseconds),
            "password_characters": [
                "least": .integer(Int64(Password.length.lowerBound)),
                "most": .integer(Int64(Password.length.upperBound)),
            ],
        ]
    }
}
