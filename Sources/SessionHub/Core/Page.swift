import StrictJSON

/// A page of a list, counted from 1.
struct Page: Sendable {
    let number: Int64
    let limit: Int64

    var offset: Int64 { (number - 1) * limit }

    func pagination(total: Int64) -> JSON {
        [
            "page": .integer(number), "limit": .integer(limit), "total": .integer(total),
            "pages": .integer((total + limit - 1) / limit),
        ]
    }
}
