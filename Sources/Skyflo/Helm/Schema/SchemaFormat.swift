/// The formats that drafts up to 7 assert, with their problems. Other names are taken for any text.
enum SchemaFormat {
    static func problem(of text: ByteString, format: String) -> String? {
        switch format {
        case "email", "idn-email": email(text.text)
        case "hostname": hostname(text.text)
        case "ipv4": ipv4(text.text)
        case "ipv6": ipv6(text.text)
        case "regex": regex(text)
        case "uri", "iri": uri(text.text)
        case "uuid": uuid(text.text)
        case "date": YAMLTimestamp.isOne(text.bytes) && text.count == 10 ? nil : date(text.text)
        case "time": time(text.text)
        case "date-time": dateTime(text)
        case "json-pointer": text.isEmpty || text.bytes.first == UInt8(ascii: "/") ? nil : "not starting with /"
        default: nil
        }
    }

    private static func regex(_ text: ByteString) -> String? {
        do throws(HelmError) {
            _ = try GoRegex(text)
            return nil
        } catch {
            return error.message.text
        }
    }

    private static func email(_ text: String) -> String? {
        if text.utf8.count > 255 { return "more than 255 characters long" }
        guard let at = text.lastIndex(of: "@") else { return "missing @" }
        let local = text[..<at]
        if local.utf8.count > 64 { return "local part more than 64 characters long" }
        if local.hasPrefix(".") { return "starts with dot" }
        if local.hasSuffix(".") { return "ends with dot" }
        if local.contains("..") { return "consecutive dots" }
        return hostname(String(text[text.index(after: at)...])).map { "invalid domain: \($0)" }
    }

    private static func hostname(_ text: String) -> String? {
        var text = text[...]
        if text.hasSuffix(".") { text.removeLast() }
        if text.utf8.count > 253 { return "more than 253 characters long" }
        for label in text.split(separator: ".", omittingEmptySubsequences: false) {
            if label.isEmpty || label.utf8.count > 63 { return "label must be 1 to 63 characters long" }
            if label.hasPrefix("-") { return "label starts with hyphen" }
            if label.hasSuffix("-") { return "label ends with hyphen" }
            for scalar in label.unicodeScalars {
                let isAllowed =
                    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-")
                if !isAllowed { return "invalid character \(GoQuote.quoted(character: scalar.value).text)" }
            }
        }
        return nil
    }

    private static func ipv4(_ text: String) -> String? {
        let groups = text.split(separator: ".", omittingEmptySubsequences: false)
        if groups.count != 4 { return "expected four decimals" }
        for group in groups {
            if group.utf8.count > 1, group.hasPrefix("0") { return "leading zeros" }
            guard let number = Int(group), (0...255).contains(number) else {
                return "decimal must be between 0 and 255"
            }
        }
        return nil
    }

    private static func ipv6(_ text: String) -> String? {
        if !text.contains(":") { return "missing colon" }
        let isPlausible = text.utf8.allSatisfy { $0 &- 48 < 10 || $0 | 0x20 &- 97 < 6 || $0 == 0x3A || $0 == 0x2E }
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        let isShort = text.contains("::")
        let isValid =
            isPlausible && !text.contains(":::") && groups.allSatisfy { $0.utf8.count <= 4 || $0.contains(".") }
            && (isShort ? groups.count <= 9 : groups.count == 8 || groups.count == 7 && text.contains("."))
        return isValid ? nil : "ParseAddr(\(GoQuote.quoted(ByteString(text)).text)): unable to parse IP"
    }

    private static func uri(_ text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), let first = text.utf8.first, first | 0x20 &- 97 < 26,
            text[..<colon].utf8.allSatisfy({ $0 | 0x20 &- 97 < 26 || $0 &- 43 < 15 })
        else { return "relative url" }
        return text.contains("\\") ? "contains \\" : nil
    }

    private static func uuid(_ text: String) -> String? {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        let lengths = [8, 4, 4, 4, 12]
        if groups.count != lengths.count { return "must have 5 elements" }
        for (index, group) in groups.enumerated() {
            if group.utf8.count != lengths[index] {
                return "element \(index + 1) must be \(lengths[index]) characters long"
            }
            for scalar in group.unicodeScalars where !scalar.properties.isASCIIHexDigit {
                return "non-hex character \(GoQuote.quoted(character: scalar.value).text)"
            }
        }
        return nil
    }

    private static func date(_ text: String) -> String {
        let quoted = GoQuote.quoted(ByteString(text)).text
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2], let month = Int(parts[1]), Int(parts[0]) != nil {
            if !(1...12).contains(month) { return "parsing time \(quoted): month out of range" }
            if Int(parts[2]) != nil { return "parsing time \(quoted): day out of range" }
        }
        return "parsing time \(quoted) as \"2006-01-02\": cannot parse \(quoted) as \"2006\""
    }

    private static func time(_ text: String) -> String? {
        if text.utf8.count < 9 { return "less than 9 characters long" }
        let bytes = Array(text.utf8)
        if bytes[2] != 0x3A || bytes[5] != 0x3A { return "missing colon in correct place" }
        return YAMLTimestamp.isOne(Array("2006-01-02T".utf8) + bytes) ? nil : "hour/min/sec out of range"
    }

    private static func dateTime(_ text: ByteString) -> String? {
        if text.count < 20 { return "less than 20 characters long" }
        if text.bytes[10] | 0x20 != UInt8(ascii: "t") { return "11th character must be t or T" }
        return YAMLTimestamp.isOne(text.bytes) ? nil : "invalid date element: \(date(String(text.text.prefix(10))))"
    }
}
