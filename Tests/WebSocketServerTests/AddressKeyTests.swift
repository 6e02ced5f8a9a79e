import Testing

@testable import WebSocketServer

@Suite struct AddressKeyTests {
    // Found from outside, no. 16
    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"), ("::FFFF:cb00:7107", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"), ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::1", "::/64"), ("fe80::1%eth0", "fe80::/64"), ("", ""), ("nonsense:x", "nonsense:x"),
    ])
    func `an IPv6 address counts by its first half, an IPv4 address whole`(address: String, key: String) {
        #expect(AddressKey(address).description == key)
    }
}
