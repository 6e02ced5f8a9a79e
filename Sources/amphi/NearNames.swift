/// Names that may be meant by one that is not known.
enum NearNames {
    /// Those that differ from `name` only in case, or by one or two letters.
    static func of(_ name: String, among names: [String]) -> [String] {
        names.filter { other in
            guard other != name else { return false }
            let (a, b) = (Array(name.lowercased()), Array(other.lowercased()))
            // Without the second bound every name of two letters would be near every other one.
            return a == b || distance(a, b) <= min(2, max(a.count, b.count) - 1)
        }
    }

    /// The least number of letters that must be changed, put in or left out to make `b` of `a` (Levenshtein).
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let least = min(diagonal + (letter == other ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                (diagonal, row[j + 1]) = (row[j + 1], least)
            }
        }
        return row[b.count]
    }
}
