/// The version of this hub, for people.
package enum HubVersion {
    package static let text = "0.1.0"
}
