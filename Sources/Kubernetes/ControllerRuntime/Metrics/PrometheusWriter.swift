struct Label: Hashable, Sendable {
    var name: String
    var value: String
}

/// Writes the Prometheus text format, version 0.0.4.
struct PrometheusWriter {
    private(set) var text = ""

    mutating func header(_ name: String, type: String, help: String?) {
        if let help { text += "# HELP \(name) \(Self.escape(help, quotes: false))\n" }
        text += "# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, labels: [Label], value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{"
            for (i, label) in labels.enumerated() {
                if i > 0 { text += "," }
                text += "\(label.name)=\"\(Self.escape(label.value, quotes: true))\""
            }
            text += "}"
        }
        text += " \(Self.number(value))\n"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? value.description
    }

    static func escape(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// Makes `[a-zA-Z_:][a-zA-Z0-9_:]*` of any text: what isn't allowed becomes `_`.
    static func name(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            let isLetter = ("a"..."z").contains(character) || ("A"..."Z").contains(character)
            let isDigit = ("0"..."9").contains(character)
            let isAllowed = isLetter || isDigit || character == "_" || character == ":"
            if isDigit, result.isEmpty { result += "_" }
            result.unicodeScalars.append(isAllowed ? character : "_")
        }
        return result.isEmpty ? "_" : result
    }
}
