import Tokens

/// The codes of guests' links: `GUEST.NUMBER.SEAL`, the person's id, the number of the link, and what only this hub can
/// compute of both.
///
/// Nothing of a link is stored, so that it can be shown again and a copied database lets nobody in. Whether it works is
/// read from the guest's row.
struct GuestLinks: Sendable {
    /// What a code with a good seal says.
    struct Link: Sendable, Equatable {
        let guest: Int64
        let number: Int64
    }

    let tokens: TokenService

    func code(of guest: Guest) throws(HubError) -> String {
        let link = Link(guest: guest.id, number: guest.link)
        return "\(link.text).\(Base64URL.encode(try tokens.seal(ofGuestLink: link.text)))"
    }

    /// Nil for a code of another kind, and for one that this hub has not made.
    func link(of code: String) throws(HubError) -> Link? {
        let parts = code.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let guest = Int64(parts[0]), let number = Int64(parts[1]),
            let seal = Base64URL.decode(String(parts[2]))
        else { return nil }
        let link = Link(guest: guest, number: number)
        guard "\(parts[0]).\(parts[1])" == link.text else { return nil }
        return constantTimeEqual(seal, try tokens.seal(ofGuestLink: link.text)) ? link : nil
    }
}

extension GuestLinks.Link {
    fileprivate var text: String { "\(guest).\(number)" }
}
