/// One part of a constraint: a sign and a version that may be partial, as `~1.2` or `>=1.x`.
struct VersionRelation: Sendable {
    let sign: String
    let version: SemanticVersion
    /// Whether there are fewer than three numbers, or an `x` among them.
    private let isPartial: Bool
    private let lacksMinor: Bool
    private let lacksPatch: Bool

    /// - Parameter groups: of the expression for a relation: sign, version, its three numbers with points, its pre-release.
    init(groups: [String]) throws(HelmError) {
        guard groups.count > 6 else { throw HelmError("constraint parser error") }
        sign = groups[1]
        let (major, minor, patch, prerelease) = (groups[3], groups[4], groups[5], groups[6])
        let isOpen = Self.isOpen(major)
        lacksMinor = !isOpen && Self.isOpen(minor)
        lacksPatch = !isOpen && !lacksMinor && Self.isOpen(patch)
        isPartial = isOpen || lacksMinor || lacksPatch
        let text =
            isOpen
            ? "0.0.0\(prerelease)"
            : lacksMinor
                ? "\(major).0.0\(prerelease)"
                : lacksPatch ? "\(major)\(minor).0\(prerelease)" : groups[2]
        do {
            version = try SemanticVersion(ByteString(text))
        } catch {
            throw HelmError("constraint parser error")
        }
    }

    private static func isOpen(_ number: String) -> Bool {
        ["", "x", "X", "*", ".x", ".X", ".*"].contains(number)
    }

    func allows(_ other: SemanticVersion, takesPrereleases: Bool) -> Bool {
        if !other.prerelease.isEmpty, !takesPrereleases { return false }
        return switch sign {
        case "!=": isDifferent(other)
        case ">": isLess(than: other)
        case "<": other.compare(to: version) < 0
        case ">=", "=>": other.compare(to: version) >= 0
        case "<=", "=<": isAtLeast(other)
        case "~", "~>": isNear(other)
        case "^": isCompatible(other)
        default: isPartial ? isNear(other) : isSame(other)
        }
    }

    private func isSame(_ other: SemanticVersion) -> Bool {
        other.compare(to: version) == 0
    }

    private func isDifferent(_ other: SemanticVersion) -> Bool {
        guard isPartial else { return !isSame(other) }
        if version.major != other.major { return true }
        if lacksMinor { return false }
        if version.minor != other.minor { return true }
        if lacksPatch {
            if other.prerelease.isEmpty, version.prerelease.isEmpty { return false }
            return SemanticVersion.compare(other.prerelease, to: version.prerelease) != 0
        }
        return version.patch != other.patch || !isSame(other)
    }

    /// `>11` means at least 12, `>11.1` at least 11.2.
    private func isLess(than other: SemanticVersion) -> Bool {
        guard isPartial, other.major == version.major else { return other.compare(to: version) > 0 }
        if lacksMinor { return false }
        return lacksPatch ? other.minor > version.minor : other.compare(to: version) > 0
    }

    /// `<=11` allows 11.9, and `<=11.1` allows 11.1.9.
    private func isAtLeast(_ other: SemanticVersion) -> Bool {
        guard isPartial else { return other.compare(to: version) <= 0 }
        if other.major > version.major { return false }
        return !(other.major == version.major && other.minor > version.minor && !lacksMinor)
    }

    /// `~1.2.3`: at least that, and less than 1.3.
    private func isNear(_ other: SemanticVersion) -> Bool {
        if other.compare(to: version) < 0 { return false }
        if version.major == 0, version.minor == 0, version.patch == 0, !lacksMinor, !lacksPatch { return true }
        return other.major == version.major && (lacksMinor || other.minor == version.minor)
    }

    /// `^1.2.3`: at least that, and less than 2; below 1, the first number that isn't 0 has to stay.
    private func isCompatible(_ other: SemanticVersion) -> Bool {
        if other.compare(to: version) < 0 { return false }
        if version.major > 0 || lacksMinor { return other.major == version.major }
        if other.major > 0 { return false }
        if version.minor > 0 || lacksPatch { return other.minor == version.minor }
        return other.minor == 0 && other.patch == version.patch
    }
}
