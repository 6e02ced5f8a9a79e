import Tokens

/// What is wrong with the configuration: sentences for the operator, each naming its key. Never a secret's value.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package let problems: [String]

    init(_ problems: [String]) { self.problems = problems }
    package init(_ problem: String) { self.init([problem]) }

    package var description: String { problems.joined(separator: "\n") }
}
