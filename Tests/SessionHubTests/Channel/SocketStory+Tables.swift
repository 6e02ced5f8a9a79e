import StrictJSON

@testable import SessionHub

extension SocketStory {
    /// From the opening to the admission.
    static let ways: [SocketStory] = [
        SocketStory(
            name: "no hello comes",
            steps: [
                Step(.opened, .wait(10_000)), Step(.waited(10_000), .stopWaiting, .bye(.slowHandshake, after: 0)),
            ]),
        SocketStory(
            name: "another version",
            steps: [Step(.opened, .stopWaiting, .bye(.unsupportedVersion, after: 0)), Step(.received(1))],
            isVersionSupported: false
        ),
        SocketStory(
            name: "no hello, but another frame",
            steps: [
                Step(.opened, .wait(10_000)), Step(.received(1), .readHello([1])),
                Step(
                    .missedHello, failure(HubError(.unknownType)), .stopWaiting, .bye(.noHello, after: 0)
                ),
                Step(.received(2)),
            ]),
        SocketStory(
            name: "a hello without a token",
            steps: [
                Step(
                    .hello(.success(nil)), failure(HubError(.unauthenticated, field: "token")), .stopWaiting,
                    .bye(.badToken, after: 0)
                )
            ]),
        SocketStory(
            name: "a hello with a wrong token",
            steps: [
                Step(
                    .hello(.failure(HubError(.tokenExpired))), failure(HubError(.tokenExpired)), .stopWaiting,
                    .bye(.tokenExpired, after: 0)
                )
            ]),
        SocketStory(
            name: "the header's token, where the hello has none",
            steps: [Step(.hello(.success(nil)), .stopWaiting, arrive(awa))], header: awa
        ),
        SocketStory(
            name: "the hello's token before the header's",
            steps: [Step(.hello(.success(awa)), .stopWaiting, arrive(awa))], header: caller(3)
        ),
        SocketStory(
            name: "a service",
            steps: [
                Step(
                    .hello(.success(caller(0, role: .service))), failure(HubError(.forbidden)), .stopWaiting,
                    .bye(.permissionDenied, after: 0)
                )
            ]),
        SocketStory(
            name: "a token of another session's channel",
            steps: [
                Step(
                    .hello(.success(caller(2, channel: 9))), failure(HubError(.forbidden)), .stopWaiting,
                    .bye(.permissionDenied, after: 0)
                )
            ]),
        SocketStory(
            name: "a token of this session's channel",
            steps: [
                Step(.hello(.success(caller(2, channel: 8))), .stopWaiting, arrive(caller(2, channel: 8)))
            ]),
        SocketStory(
            name: "the store refuses, with a time to wait",
            steps: [
                Step(.hello(.success(awa)), .stopWaiting, arrive(awa)),
                Step(
                    .refused(HubError(.notOpen, retryAfter: 700)), failure(HubError(.notOpen, retryAfter: 700)),
                    .stopWaiting, .bye(.notOpenYet, after: 700)
                ),
            ]),
        SocketStory(
            name: "a second hello changes nothing",
            steps: [
                Step(.hello(.success(awa)), .stopWaiting, arrive(awa)), Step(.hello(.success(caller(3)))),
            ]),
    ]

    /// The token of somebody who is in the class.
    static let tokens: [SocketStory] = [
        joined(
            "the end is announced a minute before",
            [
                Step(.waited(3_600_000), .wait(1_740_000)),
                Step(.waited(5_340_000), .announceTokenEnd(in: 60_000), .wait(60_000)),
                Step(.waited(5_399_999), .announceTokenEnd(in: 1), .wait(1)),
                Step(.waited(5_400_000), .stopWaiting, .bye(.tokenExpired, after: 0)), Step(.waited(5_400_001)),
            ]),
        joined(
            "a newer token ends later, and its rights are asked for",
            [
                Step(.renewed(caller(2, until: 60_001)), .wait(1), expires(60_001), .askAccess),
                Step(.waited(1), .announceTokenEnd(in: 60_000), .wait(60_000)),
            ]),
        joined(
            "a newer token that has ended",
            [
                Step(
                    .renewed(caller(2, until: 0)), .stopWaiting, .bye(.tokenExpired, after: 0), expires(0),
                    .askAccess
                )
            ]),
    ]

    /// What somebody in the class may, when it changes.
    static let rights: [SocketStory] = [
        joined(
            "another name is told to the channel, once",
            [
                Step(.changed, .askAccess), Step(.checked(.success(renamed)), .tellChange(renamed), .catchUp),
                Step(.changed, .askAccess), Step(.checked(.success(renamed)), .catchUp),
            ]),
        joined(
            "one question at a time",
            [
                Step(.changed, .askAccess), Step(.changed), Step(.changed),
                Step(.checked(.success(renamed)), .askAccess), Step(.checked(.success(seen)), .catchUp),
            ]),
        joined(
            "a right that has ended",
            [
                Step(.changed, .askAccess),
                Step(
                    .checked(.failure(HubError(.notEnrolled))), .showRest(isOutsider: true), .stopWaiting,
                    .bye(.permissionDenied, after: 0)),
            ]),
        joined(
            "a revoked token",
            [
                Step(.changed, .askAccess),
                Step(
                    .checked(.failure(HubError(.tokenRevoked))), .showRest(isOutsider: true), .stopWaiting,
                    .bye(.badToken, after: 0)),
            ]),
        joined(
            "a store that does not answer takes nothing away",
            [
                Step(.changed, .askAccess), Step(.checked(.failure(HubError(.storeUnavailable))), .catchUp),
                Step(.received(1), .perform([1])),
            ]),
        joined(
            "somebody who was bound to another id",
            [
                Step(.changed, .askAccess),
                Step(.checked(.success(entry(7))), .stopWaiting, .bye(.resyncNeeded, after: 0)),
            ]),
    ]

    /// What is held back while rights are asked for, when the class ends under it.
    static let ends: [SocketStory] = [
        joined(
            "the end of a class while rights are asked for",
            [
                Step(.changed, .askAccess),
                Step(.bye(.normal), .showRest(isOutsider: false), .stopWaiting, .bye(.normal, after: 0)),
                Step(.checked(.success(seen)), .catchUp),
            ])
    ]

    /// Outages and gaps.
    static let readings: [SocketStory] = [
        joined(
            "an outage is told once, and its end",
            [
                Step(.degraded(false)), Step(.degraded(true), .announceDegraded(true)), Step(.degraded(true)),
                Step(.degraded(false), .announceDegraded(false)), Step(.degraded(false)),
            ]),
        joined(
            "a gap is announced once, however many pages it has",
            [
                Step(.behind(at: 10, last: 500), .announceGap(from: 11, to: 500), .readPage),
                Step(.page(isThere: true)),
                Step(.behind(at: 210, last: 600), .readPage), Step(.page(isThere: true)),
                Step(.behind(at: 500, last: 900), .announceGap(from: 501, to: 900), .readPage),
            ]),
        joined("a ring without events", [Step(.behind(at: 10, last: nil), .readPage)]),
        joined(
            "a page that cannot be read",
            [
                Step(.behind(at: 10, last: 20), .announceGap(from: 11, to: 20), .readPage),
                Step(.page(isThere: false), .stopWaiting, .bye(.resyncNeeded, after: 1000)),
            ]),
        joined(
            "a page that comes after the end",
            [
                Step(.behind(at: 10, last: 20), .announceGap(from: 11, to: 20), .readPage),
                Step(.bye(.normal), .stopWaiting, .bye(.normal, after: 0)), Step(.page(isThere: false)),
            ]),
        joined(
            "somebody who asks faster than they read",
            [Step(.overflowed, .stopWaiting, .bye(.resyncNeeded, after: 0)), Step(.overflowed)]),
    ]

    /// Frames that nobody who follows the protocol sends.
    static let misuses: [SocketStory] = [
        joined(
            "a flood of frames", [Step(.flooded, .stopWaiting, .bye(.tooManyRequests, after: 5000)), Step(.flooded)]),
        joined(
            "a second hello is refused, and the class goes on",
            [
                Step(
                    .helloAgain,
                    failure(
                        HubError(
                            .conflict, Localized(en: "Hello was said already.", fr: "Hello a déjà été dit.")))),
                Step(.received(1), .perform([1])),
            ]),
    ]
}
