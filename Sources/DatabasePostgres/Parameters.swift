#if PostgreSQL
import Database

/// The values of one run of a statement, each with an explicit type, in PostgreSQL's binary form.
///
/// The type of each is the value's, so that the server guesses nothing: `$1 = 0` would make an int4 of it. A NULL has
/// no type of its own and takes the one of its place.
struct Parameters {
    private(set) var types: [UInt32] = []
    /// All values, one behind the other.
    private(set) var bytes: [UInt8] = []
    /// Where each value is in `bytes`; nil is NULL.
    private(set) var places: [Range<Int>?] = []

    init(_ values: [SQLValue], sql: String) throws(SQLError) {
        types.reserveCapacity(values.count)
        places.reserveCapacity(values.count)
        for value in values {
            types.append(Self.type(of: value))
            places.append(try append(value, sql))
        }
        // An empty value needs an address as well: without one it would be NULL.
        bytes.append(0)
        // libpq counts in 32 bits; the server takes at most 1 GiB at a time.
        if bytes.count > 1 << 30 { throw SQLError(.misuse, "the parameters are larger than 1 GiB", sql: sql) }
    }

    /// OIDs that never change (pg_type.dat).
    static func type(of value: SQLValue) -> UInt32 {
        switch value {
        case .null: 0
        case .integer: ColumnType.int8.rawValue
        case .real(let number): number.isNaN ? 0 : ColumnType.float8.rawValue
        case .text: ColumnType.text.rawValue
        case .blob: ColumnType.bytea.rawValue
        }
    }

    private mutating func append(_ value: SQLValue, _ sql: String) throws(SQLError) -> Range<Int>? {
        let start = bytes.count
        switch value {
        case .null: return nil
        case .integer(let number): append(UInt64(bitPattern: number))
        case .real(let number):
            if number.isNaN { return nil }
            append(number.bitPattern)
        case .text(let text):
            bytes.append(contentsOf: text.utf8)
            if bytes[start...].contains(0) {
                throw SQLError(.misuse, "a text with U+0000, which PostgreSQL cannot store", sql: sql)
            }
        case .blob(let blob): bytes.append(contentsOf: blob)
        }
        return start..<bytes.count
    }

    private mutating func append(_ number: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// The types that a result may have, by their OIDs.
enum ColumnType: UInt32 {
    case bool = 16
    case bytea = 17
    case name = 19
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case float4 = 700
    case float8 = 701
    case varchar = 1043

    /// From the binary form.
    func value(_ bytes: UnsafeRawBufferPointer) -> SQLValue {
        switch self {
        case .bool, .int2, .int4, .int8: .integer(unsafe Self.integer(bytes))
        case .float4: .real(Double(Float(bitPattern: UInt32(truncatingIfNeeded: unsafe Self.integer(bytes)))))
        case .float8: .real(Double(bitPattern: UInt64(bitPattern: unsafe Self.integer(bytes))))
        case .text, .varchar, .name: .text(unsafe String(decoding: bytes, as: UTF8.self))
        case .bytea: .blob(unsafe [UInt8](bytes))
        }
    }

    /// Big-endian, with the sign of its first byte.
    private static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        guard let first = unsafe bytes.first else { return 0 }
        return unsafe bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
    }
}
#endif
