/// A version as Masterminds' `semver` reads it: `v1.2` is 1.2.0, and leading zeros are left out.
package struct SemanticVersion: Sendable {
    package var major: UInt64
    package var minor: UInt64
    package var patch: UInt64
    package var prerelease: String
    package var metadata: String
    /// The text that was read.
    package var original: String

    /// - Throws: `invalid semantic version` and the like.
    package init(_ text: ByteString) throws(HelmError) {
        var rest = text.bytes[...]
        if rest.first == UInt8(ascii: "v") { rest.removeFirst() }
        var numbers: [UInt64] = []
        repeat {
            let digits = rest.prefix { $0 &- 48 < 10 }
            guard !digits.isEmpty else { throw Self.invalid }
            numbers.append(try Self.segment(digits))
            rest = rest[digits.endIndex...]
            guard numbers.count < 3, rest.first == UInt8(ascii: ".") else { break }
            rest.removeFirst()
        } while true
        prerelease = try Self.identifiers(after: UInt8(ascii: "-"), in: &rest)
        metadata = try Self.identifiers(after: UInt8(ascii: "+"), in: &rest)
        guard rest.isEmpty else { throw Self.invalid }
        major = numbers[0]
        minor = numbers.count > 1 ? numbers[1] : 0
        patch = numbers.count > 2 ? numbers[2] : 0
        original = text.text
        for part in prerelease.split(separator: ".", omittingEmptySubsequences: false)
        where part.utf8.count > 1 && part.utf8.first == UInt8(ascii: "0") && part.utf8.allSatisfy({ $0 &- 48 < 10 }) {
            throw HelmError("version segment starts with 0")
        }
    }

    private static let invalid = HelmError("invalid semantic version")

    private static func segment(_ digits: ArraySlice<UInt8>) throws(HelmError) -> UInt64 {
        let text = String(decoding: digits, as: UTF8.self)
        guard let number = UInt64(text) else {
            throw HelmError("error parsing version segment: strconv.ParseUint: parsing \"\(text)\": value out of range")
        }
        return number
    }

    private static func identifiers(after mark: UInt8, in rest: inout ArraySlice<UInt8>) throws(HelmError) -> String {
        guard rest.first == mark else { return "" }
        let text = rest.dropFirst().prefix { $0 | 0x20 &- 97 < 26 || $0 &- 48 < 10 || $0 == 45 || $0 == 46 }
        rest = rest[text.endIndex...]
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw invalid }
        return String(decoding: text, as: UTF8.self)
    }

    package var description: String {
        "\(major).\(minor).\(patch)" + (prerelease.isEmpty ? "" : "-\(prerelease)")
            + (metadata.isEmpty ? "" : "+\(metadata)")
    }

    /// -1, 0 or 1. Metadata doesn't count.
    package func compare(to other: SemanticVersion) -> Int {
        for (left, right) in [(major, other.major), (minor, other.minor), (patch, other.patch)] where left != right {
            return left < right ? -1 : 1
        }
        if prerelease.isEmpty || other.prerelease.isEmpty {
            return prerelease.isEmpty == other.prerelease.isEmpty ? 0 : prerelease.isEmpty ? 1 : -1
        }
        return Self.compare(prerelease, to: other.prerelease)
    }

    static func compare(_ left: String, to right: String) -> Int {
        let (left, right) = (left.split(separator: "."), right.split(separator: "."))
        for index in 0..<max(left.count, right.count) {
            guard index < left.count else { return -1 }
            guard index < right.count else { return 1 }
            if left[index] == right[index] { continue }
            switch (UInt64(left[index]), UInt64(right[index])) {
            case (let first?, let second?) where first != second: return first < second ? -1 : 1
            case (.some, .some): continue
            case (.some, nil): return -1
            case (nil, .some): return 1
            case (nil, nil): return left[index] < right[index] ? -1 : 1
            }
        }
        return 0
    }
}
