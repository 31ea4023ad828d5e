extension YAML {
    /// What a plain scalar means to go-yaml 2, with which `sigs.k8s.io/yaml` and so `kubectl` reads: some of YAML 1.1 (`y`,
    /// `on`, `0b1`, `1_000`) and some of 1.2 (`0o17`). Dates, and times to base 60, stay texts.
    enum Plain: Hashable {
        case text, null
        case bool(Bool)
        case integer(Int64)
        /// A whole number beyond `Int64`.
        case large(UInt64)
        /// Infinity and none of a number included, which JSON doesn't have.
        case number(Double)

        init(_ text: String) {
            switch text {
            case "", "~", "null", "Null", "NULL": self = .null
            case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": self = .bool(true)
            case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": self = .bool(false)
            case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .number(.infinity)
            case "-.inf", "-.Inf", "-.INF": self = .number(-.infinity)
            case ".nan", ".NaN", ".NAN": self = .number(.nan)
            default: self = Self.number(text)
            }
        }

        private static func number(_ text: String) -> Plain {
            guard let first = text.utf8.first, isDigit(first) || "+-.".utf8.contains(first) else { return .text }
            // Underscores are for the eye, except in what begins with one or with a point.
            let text = first == UInt8(ascii: ".") ? text : text.replacing("_", with: "")
            let unsigned = "+-".utf8.contains(first) ? text.dropFirst() : text[...]
            let (digits, radix) = digits(unsigned)
            // `Int64` would take a second sign.
            if digits.utf8.first.map({ !"+-".utf8.contains($0) }) ?? false {
                // With its sign, because the lowest integer has no positive counterpart.
                let sign = text.hasPrefix("-") ? "-" : ""
                if let value = Int64(sign + digits, radix: radix) { return .integer(value) }
                if unsigned == text[...], let value = UInt64(digits, radix: radix) { return .large(value) }
            }
            guard isFraction(unsigned), let value = Double(text), value.isFinite else { return .text }
            return .number(value)
        }

        private static func digits(_ text: Substring) -> (Substring, radix: Int) {
            switch text.prefix(2) {
            case "0x", "0X": (text.dropFirst(2), 16)
            case "0b", "0B": (text.dropFirst(2), 2)
            case "0o", "0O": (text.dropFirst(2), 8)
            default: (text, text.hasPrefix("0") ? 8 : 10)
            }
        }

        private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

        /// Whether a text without its sign is `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
        private static func isFraction(_ text: Substring) -> Bool {
            let parts = text.utf8.split(maxSplits: 1, omittingEmptySubsequences: false) { "eE".utf8.contains($0) }
            let mantissa = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard mantissa.count <= 2, mantissa.contains(where: { !$0.isEmpty }),
                mantissa.allSatisfy({ $0.allSatisfy(isDigit) })
            else { return false }
            guard parts.count == 2 else { return true }
            let exponent = "+-".utf8.contains(parts[1].first ?? 0) ? parts[1].dropFirst() : parts[1]
            return !exponent.isEmpty && exponent.allSatisfy(isDigit)
        }
    }

    /// By its tag, else by its style and text.
    static func value(_ scalar: YAMLNode.Scalar) throws(Failure) -> JSONValue {
        let text = scalar.text
        let tag = scalar.tag
        guard !tag.isEmpty else { return scalar.isPlain ? try value(Plain(text), of: text) : .string(text) }
        let plain = Plain(text)
        switch (tag, plain) {
        case ("tag:yaml.org,2002:null", .null), ("tag:yaml.org,2002:bool", .bool),
            ("tag:yaml.org,2002:int", .integer), ("tag:yaml.org,2002:int", .large),
            ("tag:yaml.org,2002:float", .integer), ("tag:yaml.org,2002:float", .number):
            return try value(plain, of: text)
        case ("tag:yaml.org,2002:null", _), ("tag:yaml.org,2002:bool", _), ("tag:yaml.org,2002:int", _),
            ("tag:yaml.org,2002:float", _):
            throw Failure(description: "invalid YAML: \"\(text)\" is not a !!\(tag.split(separator: ":").last ?? "")")
        case ("tag:yaml.org,2002:binary", _): return .string(try binary(text))
        default: return .string(text)
        }
    }

    private static func value(_ plain: Plain, of text: String) throws(Failure) -> JSONValue {
        switch plain {
        case .text: return .string(text)
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .int(value)
        case .large(let value): return .double(Double(value))
        case .number(let value):
            guard value.isFinite else {
                throw Failure(description: "invalid YAML: \(text) is not a number that JSON has; put text in quotes")
            }
            return .double(value)
        }
    }

    /// The text that base64 stands for, as `kubectl` sends it. It would send something else than other bytes.
    private static func binary(_ text: String) throws(Failure) -> String {
        guard let bytes = Base64.decode(text) else {
            throw Failure(description: "invalid YAML: !!binary is not base64")
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw Failure(
                description:
                    "invalid YAML: !!binary with bytes that are not text; remove !!binary if base64 is meant")
        }
        return decoded
    }

    /// Members of JSON have texts for names: `yes:` is the member `true`, `010:` the member `8`.
    static func key(_ node: YAMLNode) throws(Failure) -> String {
        guard case .scalar(let scalar) = node else { throw Failure(description: "invalid YAML: a key is not a string") }
        switch try value(scalar) {
        case .string(let text): return text
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return String(number)
        case .double(let number) where abs(number) < 1_000_000 && Float(number) == Float(number).rounded():
            return String(Int(number))
        case .double(let number) where (0.0001..<1_000_000).contains(abs(number)): return "\(Float(number))"
        default:
            throw Failure(description: "invalid YAML: the key \"\(scalar.text)\" is not a string; put it in quotes")
        }
    }
}
