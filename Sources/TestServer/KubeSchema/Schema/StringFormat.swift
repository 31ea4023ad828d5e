import KubeModel

/// The formats of strings that the API server checks. A format that isn't listed is only documentation.
enum StringFormat {
    static func accepts(_ text: String, format: String) -> Bool {
        switch format {
        case "date-time", "datetime": KubeTime(text) != nil
        case "date": text.utf8.count == 10 && KubeTime("\(text)T00:00:00Z") != nil
        case "duration": CELDuration.parse(text) != nil
        case "byte": Base64.decode(text) != nil
        case "ipv4": isIPv4(text)
        case "ipv6": isIPv6(text)
        case "uuid": isUUID(text)
        case "uri": text.hasPrefix("/") || text.split(separator: ":", maxSplits: 1).count == 2
        case "email": text.split(separator: "@", omittingEmptySubsequences: false).count { !$0.isEmpty } == 2
        default: true
        }
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0).map { "\($0)" } == String($0) }
    }

    private static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard text.contains(":"), halves.count <= 2 else { return false }
        let groups = halves.flatMap { $0.split(separator: ":", omittingEmptySubsequences: !$0.contains(":")) }
        let isValid = groups.allSatisfy { (1...4).contains($0.count) && UInt16($0, radix: 16) != nil }
        return isValid && (halves.count == 2 ? groups.count < 8 : groups.count == 8)
    }

    private static func isUUID(_ text: String) -> Bool {
        let lengths = text.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        return lengths == [8, 4, 4, 4, 12] && text.allSatisfy { $0 == "-" || ($0.isHexDigit && $0.isASCII) }
    }
}
