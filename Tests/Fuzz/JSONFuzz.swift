import StrictJSON

/// libFuzzer: no document traps, and what is read is written and read back the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    _ = JSON.looseInteger("ref", in: bytes)
    guard let value = try? JSON.parse(bytes, limits: JSONLimits(maxBytes: 4096)) else { return 0 }
    let written = value.encoded()
    // Written numbers and escapes may be longer than those that came.
    let again = try? JSON.parse(written, limits: JSONLimits(maxBytes: 1 << 16))
    precondition(again == value && again?.encoded() == written, "not read back")
    return 0
}
