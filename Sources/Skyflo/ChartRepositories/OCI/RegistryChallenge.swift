/// What a registry asks for with a 401 (RFC 9110 §11.6.1; distribution's token authentication).
enum RegistryChallenge: Sendable, Hashable {
    case basic
    case bearer(realm: String, service: String?)

    /// - Parameter headers: the values of `WWW-Authenticate`. A token is taken where both are offered.
    init?(_ headers: [String]) {
        var found: RegistryChallenge?
        for header in headers {
            let scheme = header.prefix { $0 != " " }.lowercased()
            if scheme == "bearer" {
                let parameters = Self.parameters(header.dropFirst(scheme.count))
                if let realm = parameters["realm"] {
                    self = .bearer(realm: realm, service: parameters["service"])
                    return
                }
            }
            if scheme == "basic" { found = .basic }
        }
        guard let found else { return nil }
        self = found
    }

    /// `realm="https://…",service="…"`
    private static func parameters(_ text: Substring) -> [String: String] {
        var found: [String: String] = [:]
        var rest = text.prefix(4096)
        while true {
            rest = rest.drop { " ,\t".contains($0) }
            let name = rest.prefix { $0 != "=" && $0 != "," }
            guard !name.isEmpty, rest.dropFirst(name.count).first == "=" else { return found }
            rest = rest.dropFirst(name.count + 1)
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                var isEscaped = false
                while let next = rest.popFirst() {
                    if !isEscaped, next == "\"" { break }
                    isEscaped = !isEscaped && next == "\\"
                    if !isEscaped { value.append(next) }
                }
            } else {
                value = String(rest.prefix { $0 != "," && $0 != " " })
                rest = rest.dropFirst(value.count)
            }
            found[name.lowercased()] = value
        }
    }
}
