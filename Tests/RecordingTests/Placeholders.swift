import Foundation
import KubeModel

/// Values of this run that stand for the numbered placeholders of one scenario.
struct Placeholders {
    private(set) var values: [String: String] = [:]

    private static let forms = [
        "uid": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "rv": "[0-9]+", "list-rv": "[0-9]+",
        "continue": "[A-Za-z0-9_=-]+", "gen": "[a-z0-9]{5}", "hash": "[A-Za-z0-9]+", "time": "[^\"\n]+?",
        "microtime": "[^\"\n]+?", "age": "(?:<invalid>|[0-9][0-9a-zµ.]*(?: \\(x[0-9]+ over [0-9a-z]+\\))?)\n?",
        "suffix": "[a-z0-9.]+", "timeout": "[0-9]+",
        "jwt": "[^\\s\"]+", "certificate": "[\\s\\S]+?", "digest": "[0-9a-z]+", "cluster-ip": "[0-9.]+",
        "pod-ip": "[0-9.]+", "node-ip": "[0-9.]+", "server-address": "[^\\s\"]+", "node-port": "[0-9]+",
        "container-id": "[^\\s\"]+", "tmp": "[^\\s\"]+?", "git-commit": "[^\"]*", "build-date": "[^\"]*",
        "go-version": "[^\"]*",
    ]

    private static let pattern = "<(" + forms.keys.sorted().joined(separator: "|") + ")(:[0-9]+)?>"

    private static func ranges(_ text: String) -> [(whole: Range<String.Index>, form: String)] {
        guard text.contains("<"), let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            guard let whole = Range(match.range, in: text), let name = Range(match.range(at: 1), in: text) else {
                return nil
            }
            return (whole, forms[String(text[name])] ?? ".+?")
        }
    }

    /// `text` with what is known put in, and repetitions written out.
    func filled(_ text: String) -> String {
        var text = Self.expanded(text)
        for (placeholder, value) in values { text = text.replacingOccurrences(of: placeholder, with: value) }
        return text
    }

    func filled(_ json: JSONValue) -> JSONValue {
        switch json {
        case .string(let text): return .string(filled(text))
        case .array(let items): return .array(items.map { filled($0) })
        case .object(let members):
            var result = JSONObject()
            for (key, value) in members { result[filled(key)] = filled(value) }
            return .object(result)
        default: return json
        }
    }

    private static func expanded(_ text: String) -> String {
        guard text.contains("<repeat:") else { return text }
        return text.replacing(/<repeat:(.):([0-9]+)>/) { String(repeating: String($0.1), count: Int($0.2) ?? 0) }
    }

    /// Whether `actual` has the form of `expected`; takes over the values of the numbered placeholders.
    mutating func matches(_ expected: String, _ actual: String) -> Bool {
        // The only node has its own name here.
        let text = filled(expected).replacingOccurrences(of: "fake-node-0", with: "local-node")
        // The server says that it is another build of the version.
        let actual = actual.replacingOccurrences(of: "v1.36.2+local", with: "v1.36.2")
        if text == actual { return true }
        var pattern = ""
        var names: [String] = []
        var end = text.startIndex
        for (whole, form) in Self.ranges(text) {
            pattern += NSRegularExpression.escapedPattern(for: String(text[end..<whole.lowerBound])) + "(\(form))"
            names.append(String(text[whole]))
            end = whole.upperBound
        }
        if names.isEmpty { return false }
        pattern += NSRegularExpression.escapedPattern(for: String(text[end...]))
        guard let expression = try? NSRegularExpression(pattern: "^" + pattern + "$"),
            let match = expression.firstMatch(in: actual, range: NSRange(actual.startIndex..., in: actual)),
            match.range.length == (actual as NSString).length
        else { return false }
        return bind(names, match, actual)
    }

    private mutating func bind(_ names: [String], _ match: NSTextCheckingResult, _ actual: String) -> Bool {
        for (position, name) in names.enumerated() {
            guard name.contains(":") || name == "<jwt>", let range = Range(match.range(at: position + 1), in: actual)
            else { continue }
            let value = String(actual[range])
            if let known = values[name], known != value { return false }
            values[name] = value
        }
        return true
    }
}
