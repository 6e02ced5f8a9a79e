package import StrictJSON

/// A page of a list, counted from 1.
package struct Page: Sendable {
    package let number: Int64
    package let limit: Int64

    package var offset: Int64 { (number - 1) * limit }

    package func pagination(total: Int64) -> JSON {
        [
            "page": .integer(number), "limit": .integer(limit), "total": .integer(total),
            "pages": .integer((total + limit - 1) / limit),
        ]
    }
}
