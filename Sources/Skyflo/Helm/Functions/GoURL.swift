/// A URL as Go's package `net/url` parses and writes it.
struct GoURL {
    private var scheme: ByteString = ""
    private var opaque: ByteString = ""
    private var user: (name: ByteString, password: ByteString?)?
    private var host: ByteString = ""
    private var path: ByteString = ""
    private var rawPath: ByteString = ""
    private var rawQuery: ByteString = ""
    private var forcesQuery = false
    private var fragment: ByteString = ""
    private var rawFragment: ByteString = ""
    private var omitsHost = false

    init(_ text: ByteString) throws(HelmError) {
        do throws(HelmError) {
            try parse(text)
        } catch {
            throw HelmError(message: "parse " + GoQuote.quoted(text) + ": " + error.message)
        }
    }

    /// From what `urlParse` returns.
    init(members: HelmMap) throws(HelmError) {
        scheme = try Self.member("scheme", of: members)
        host = try Self.member("host", of: members)
        path = try Self.member("path", of: members)
        rawQuery = try Self.member("query", of: members)
        opaque = try Self.member("opaque", of: members)
        fragment = try Self.member("fragment", of: members)
        let info = try Self.member("userinfo", of: members)
        guard !info.isEmpty else { return }
        do throws(HelmError) {
            user = try GoURL("proto://" + info + "@host").user
        } catch {
            throw HelmError(message: "unable to parse userinfo in dict: " + error.message)
        }
    }

    private static func member(_ key: ByteString, of map: HelmMap) throws(HelmError) -> ByteString {
        switch map[key] {
        case nil: return ""
        case .string(let text): return text
        case .null: throw GoRuntimeError.nilPointer
        case .some(let value):
            throw HelmError(
                "unable to parse \(key.text) key, must be of type string, but \(value.kind.rawValue) found")
        }
    }

    var members: [ByteString: HelmValue] {
        [
            "scheme": .string(scheme), "host": .string(host), "hostname": .string(hostname), "path": .string(path),
            "query": .string(rawQuery), "opaque": .string(opaque), "fragment": .string(fragment),
            "userinfo": .string(userText),
        ]
    }

    private var userText: ByteString {
        guard let user else { return "" }
        let name = Self.escape(user.name, .user)
        return user.password.map { name + ":" + Self.escape($0, .user) } ?? name
    }

    private var hostname: ByteString {
        var name = host.bytes[...]
        if let colon = name.lastIndex(of: UInt8(ascii: ":")),
            name[(colon + 1)...].allSatisfy({ (0x30...0x39).contains($0) })
        {
            name = name[..<colon]
        }
        if name.first == UInt8(ascii: "["), name.last == UInt8(ascii: "]") { name = name.dropFirst().dropLast() }
        return ByteString(bytes: name)
    }

    // MARK: - Parsing

    private mutating func parse(_ text: ByteString) throws(HelmError) {
        var rest = text
        if let (before, after) = GoText.cut(text, at: "#") {
            rest = before
            fragment = try Self.unescape(after, .fragment)
            if Self.escape(fragment, .fragment) != after { rawFragment = after }
        }
        if rest.bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            throw HelmError("net/url: invalid control character in URL")
        }
        if rest == "*" {
            path = "*"
            return
        }
        rest = try takeScheme(rest)
        if rest.bytes.last == UInt8(ascii: "?"), rest.bytes.count(where: { $0 == UInt8(ascii: "?") }) == 1 {
            forcesQuery = true
            rest.bytes.removeLast()
        } else if let (before, after) = GoText.cut(rest, at: "?") {
            (rest, rawQuery) = (before, after)
        }
        if rest.bytes.first != UInt8(ascii: "/") {
            if !scheme.isEmpty {
                opaque = rest
                return
            }
            let segment = GoText.cut(rest, at: "/")?.0 ?? rest
            if segment.bytes.contains(UInt8(ascii: ":")) {
                throw HelmError("first path segment in URL cannot contain colon")
            }
        }
        if !scheme.isEmpty || !GoText.hasPrefix("///", rest), GoText.hasPrefix("//", rest) {
            let after = ByteString(bytes: rest.bytes.dropFirst(2))
            let slash = after.bytes.firstIndex(of: UInt8(ascii: "/")) ?? after.count
            rest = ByteString(bytes: after.bytes[slash...])
            try parseAuthority(ByteString(bytes: after.bytes[..<slash]))
        } else if !scheme.isEmpty, GoText.hasPrefix("/", rest) {
            omitsHost = true
        }
        path = try Self.unescape(rest, .path)
        if Self.escape(path, .path) != rest { rawPath = rest }
    }

    private mutating func takeScheme(_ text: ByteString) throws(HelmError) -> ByteString {
        for (index, byte) in text.bytes.enumerated() {
            switch byte {
            case 0x41...0x5a, 0x61...0x7a: continue
            case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if index == 0 { return text }
            case UInt8(ascii: ":"):
                if index == 0 { throw HelmError("missing protocol scheme") }
                scheme = GoText.mapping(ByteString(bytes: text.bytes[..<index]), GoText.lower)
                return ByteString(bytes: text.bytes[(index + 1)...])
            default: return text
            }
        }
        return text
    }

    private mutating func parseAuthority(_ authority: ByteString) throws(HelmError) {
        guard let at = authority.bytes.lastIndex(of: UInt8(ascii: "@")) else {
            host = try Self.parseHost(authority)
            return
        }
        host = try Self.parseHost(ByteString(bytes: authority.bytes[(at + 1)...]))
        let info = ByteString(bytes: authority.bytes[..<at])
        guard info.bytes.allSatisfy(Self.isValidUserinfo) else { throw HelmError("net/url: invalid userinfo") }
        if let (name, password) = GoText.cut(info, at: ":") {
            user = (try Self.unescape(name, .user), try Self.unescape(password, .user))
        } else {
            user = (try Self.unescape(info, .user), nil)
        }
    }

    private static func isValidUserinfo(_ byte: UInt8) -> Bool {
        Escaping.isUnreserved(byte) || Array(":!$&'()*+,;=%@".utf8).contains(byte)
    }

    private static func parseHost(_ host: ByteString) throws(HelmError) -> ByteString {
        if GoText.hasPrefix("[", host) {
            guard let close = host.bytes.lastIndex(of: UInt8(ascii: "]")) else {
                throw HelmError("missing ']' in host")
            }
            try checkPort(ByteString(bytes: host.bytes[(close + 1)...]))
        } else if let colon = host.bytes.lastIndex(of: UInt8(ascii: ":")) {
            try checkPort(ByteString(bytes: host.bytes[colon...]))
        }
        return try unescape(host, .host)
    }

    private static func checkPort(_ port: ByteString) throws(HelmError) {
        let isValid =
            port.isEmpty
            || port.bytes.first == UInt8(ascii: ":") && port.bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        if !isValid { throw HelmError(message: "invalid port " + GoQuote.quoted(port) + " after host") }
    }

    // MARK: - Writing

    var text: ByteString {
        var result: ByteString = scheme.isEmpty ? "" : scheme + ":"
        if !opaque.isEmpty {
            result += opaque
        } else {
            if !scheme.isEmpty || !host.isEmpty || user != nil {
                if !(omitsHost && host.isEmpty && user == nil) {
                    if !host.isEmpty || !path.isEmpty || user != nil { result += "//" }
                    if user != nil { result += userText + "@" }
                    result += Self.escape(host, .host)
                }
            }
            let path = rawPath.isEmpty ? Self.escape(path, .path) : rawPath
            if !path.isEmpty, path.bytes.first != UInt8(ascii: "/"), !host.isEmpty { result += "/" }
            if result.isEmpty, let first = GoText.split(path, by: "/").first, first.bytes.contains(UInt8(ascii: ":")) {
                result += "./"
            }
            result += path
        }
        if forcesQuery || !rawQuery.isEmpty { result += "?" + rawQuery }
        if !fragment.isEmpty { result += "#" + (rawFragment.isEmpty ? Self.escape(fragment, .fragment) : rawFragment) }
        return result
    }

    private enum Part {
        case path, user, host, fragment

        func keeps(_ byte: UInt8) -> Bool {
            if Escaping.isUnreserved(byte) { return true }
            return switch self {
            case .path: Array("$&+,/:;=@".utf8).contains(byte)
            case .user: Array("$&+,;=".utf8).contains(byte)
            case .host: Array("!$&'()*+,;=:[]<>\"".utf8).contains(byte)
            case .fragment: Array("$&+,/:;=?@!()*".utf8).contains(byte)
            }
        }
    }

    private static func escape(_ text: ByteString, _ part: Part) -> ByteString {
        Escaping.escaped(text, keeping: part.keeps)
    }

    private static func unescape(_ text: ByteString, _ part: Part) throws(HelmError) -> ByteString {
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            let byte = text.bytes[index]
            guard byte == UInt8(ascii: "%") else {
                if part == .host, byte < 0x80, !part.keeps(byte) {
                    throw HelmError(
                        message: "invalid character " + GoQuote.quoted(ByteString(bytes: [byte])) + " in host name")
                }
                bytes.append(byte)
                index += 1
                continue
            }
            let digits = text.bytes[(index + 1)...].prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
                digits.first != UInt8(ascii: "+")
            else {
                throw HelmError(
                    message: "invalid URL escape " + GoQuote.quoted(ByteString(bytes: text.bytes[index...].prefix(3))))
            }
            bytes.append(value)
            index += 3
        }
        return ByteString(bytes: bytes)
    }
}
