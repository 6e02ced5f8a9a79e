import ArgumentParser

@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "amphi-bench", abstract: "x")
    mutating func run() async throws {}
}
