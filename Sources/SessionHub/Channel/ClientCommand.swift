import StrictJSON

/// One message upstream: `{"ref":N,"type":...}` with the members of its command; each is answered by exactly one reply.
///
/// What the members mean is the command's own affair (`ChannelAPI`).
struct ClientCommand: Sendable {
    /// The number by which the client knows the reply.
    let ref: Int64
    let type: String
    let fields: Fields
}

/// Why a frame is refused as a command, and the reply's ref when one could be read.
struct CommandRefusal: Error {
    let ref: Int64?
    let error: HubError
}

extension ClientCommand {
    /// The largest number that JavaScript counts exactly.
    private static let largestRef: Int64 = 9_007_199_254_740_991

    /// Reads one text frame.
    ///
    /// - Parameter mostBytes: the most bytes that a frame may have.
    init(frame: [UInt8], mostBytes: Int) throws(CommandRefusal) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(frame, limits: JSONLimits(maxBytes: mostBytes))
        } catch {
            // Whoever waits for this reply can end the wait only if the reply says which one it is.
            let ref = JSON.looseInteger("ref", in: frame).flatMap { $0 <= Self.largestRef ? $0 : nil }
            throw CommandRefusal(ref: ref, error: HubError(badJSON: error))
        }
        guard let object = json.objectValue else { throw CommandRefusal(ref: nil, error: HubError(.badJSON)) }
        fields = Fields(object)
        var ref: Int64?
        do throws(HubError) {
            let number = try fields.required("ref", fields.integer("ref", in: 0...Self.largestRef))
            ref = number
            self.ref = number
            type = try fields.required("type", fields.text("type", limit: 64))
        } catch {
            throw CommandRefusal(ref: ref, error: error)
        }
    }
}
