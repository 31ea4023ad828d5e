import Integrations
import KubeModel
import ToolKit

/// The metrics that a PromQL query is about, as far as that shows without a parser.
enum QueryNames {
    private static let keywords: Set<String> = [
        "and", "or", "unless", "atan2", "bool", "offset", "inf", "nan", "start", "end",
    ]
    /// What has a list of labels behind it.
    private static let grouping: Set<String> = ["by", "without", "on", "ignoring", "group_left", "group_right"]

    static func metrics(in query: String) -> [String] {
        var rest = Array(query.utf8)[...]
        var found: [String] = []
        var isAfterGrouping = false
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): rest = afterText(rest)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                rest = after(closing: byte == UInt8(ascii: "{") ? "}" : "]", rest)
            case UInt8(ascii: "(") where isAfterGrouping: rest = after(closing: ")", rest)
            case UInt8(ascii: "#"): rest = rest.drop { $0 != 0x0A }
            case _ where isLetter(byte):
                let word = String(decoding: rest.prefix { isLetter($0) || isDigit($0) }, as: UTF8.self)
                rest = rest.dropFirst(word.utf8.count)
                isAfterGrouping = grouping.contains(word.lowercased())
                let isFunction = rest.first { $0 != 0x20 } == UInt8(ascii: "(")
                let isAggregation = ["by", "without"].contains {
                    String(decoding: rest.drop { $0 == 0x20 }.prefix(8), as: UTF8.self).lowercased().hasPrefix($0 + " ")
                        || String(decoding: rest.drop { $0 == 0x20 }.prefix(8), as: UTF8.self).lowercased()
                            .hasPrefix($0 + "(")
                }
                if !isFunction, !isAggregation, !isAfterGrouping, !keywords.contains(word.lowercased()),
                    !found.contains(word)
                {
                    found.append(word)
                }
                continue
            // The unit of a duration is no name.
            case _ where isDigit(byte): rest = rest.drop { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: ".") }
            default: rest.removeFirst()
            }
            if byte != 0x20 { isAfterGrouping = false }
        }
        return found
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || (0x61...0x7A).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func afterText(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let quote = text.first else { return text }
        var rest = text.dropFirst()
        while let byte = rest.first, byte != quote {
            rest = rest.dropFirst(byte == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1)
        }
        return rest.dropFirst()
    }

    private static func after(closing: Unicode.Scalar, _ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text.dropFirst()
        while let byte = rest.first, byte != UInt8(ascii: closing) {
            rest = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") ? afterText(rest) : rest.dropFirst()
        }
        return rest.dropFirst()
    }
}

extension PrometheusClient {
    /// Of a query without data: which of its metrics there are not, and what is near them.
    func missing(in query: String) async throws -> String {
        let wanted = QueryNames.metrics(in: query)
        guard !wanted.isEmpty else { return "" }
        let known: [String]
        do {
            known = try await values(ofLabel: "__name__").values
        } catch is IntegrationError {
            // It only helps.
            return ""
        }
        let missing = wanted.filter { !known.contains($0) }
        guard !missing.isEmpty else { return " The metric is there: look at the matchers and the time." }
        return missing.prefix(3).map { name in
            " There is no metric \(name.excerpt)" + NearNames.hint(name, among: known) + "."
        }.joined()
    }
}
