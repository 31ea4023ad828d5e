import KubeModel
import Synchronization
import TestWeb

extension TestJenkins {
    func answer(to seen: Seen) -> Answer {
        server.withLock { server in
            var answer = self.answer(to: seen, at: seen.path, &server)
            answer.headers["x-jenkins"] = "2.479.3"
            answer.headers["x-jenkins-session"] = "0a1b2c3d"
            return answer
        }
    }

    private func answer(to seen: Seen, at path: String, _ server: inout Server) -> Answer {
        guard let login = Self.login(seen, server) else { return .page(401, "Unauthorized") }
        if path == "/crumbIssuer/api/json" || path == "/crumbIssuer/api/python" { return crumb(&server) }
        if seen.method == "POST" {
            // `ApiCrumbExclusion`: a request that is authenticated by a token needs none.
            if !login.isByToken, !Self.hasCrumb(seen, server) {
                return .page(403, "No valid crumb was included in the request")
            }
            if server.readers.contains(login.user) {
                var refusal = Answer.page(403, "Access Denied")
                refusal.headers["x-you-are-authenticated-as"] = login.user
                refusal.headers["x-required-permission"] = "hudson.model.Item.Build"
                return refusal
            }
        }
        let root = (server.rootURL ?? url) + "/"
        var request = Routed(seen, path: path, root: root, user: login.user)
        if seen.method == "POST" { return request.write(&server.state) }
        return request.read(&server.state)
    }

    private static func login(_ seen: Seen, _ server: Server) -> (user: String, isByToken: Bool)? {
        let header = seen.headers.first { $0.key.lowercased() == "authorization" }?.value ?? ""
        guard header.hasPrefix("Basic "), let bytes = Base64.decode(String(header.dropFirst(6))) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        if server.tokens[parts[0]] == parts[1] { return (parts[0], true) }
        return server.passwords[parts[0]] == parts[1] ? (parts[0], false) : nil
    }

    /// A crumb is bound to the session it was given in.
    private func crumb(_ server: inout Server) -> Answer {
        server.sessions += 1
        let session = "node0session\(server.sessions)"
        let crumb = "c0ffee\(server.sessions)"
        server.crumbs[session] = crumb
        var answer = Answer(
            200,
            json: [
                "_class": "hudson.security.csrf.DefaultCrumbIssuer", "crumb": .string(crumb),
                "crumbRequestField": "Jenkins-Crumb",
            ])
        answer.headers["set-cookie"] = "JSESSIONID.0a1b2c3d=\(session);Path=/;HttpOnly"
        return answer
    }

    private static func hasCrumb(_ seen: Seen, _ server: Server) -> Bool {
        func header(_ name: String) -> String? { seen.headers.first { $0.key.lowercased() == name }?.value }
        guard let crumb = header("jenkins-crumb"), let cookie = header("cookie") else { return false }
        return server.crumbs.contains { cookie.contains("=\($0.key)") && $0.value == crumb }
    }
}

/// A request to a place of Jenkins.
struct Routed {
    let seen: TestJenkins.Seen
    let root: String
    let user: String
    /// Unencoded, once.
    let parts: [String]
    let query: [(name: String, value: String)]

    init(_ seen: TestJenkins.Seen, path: String, root: String, user: String) {
        self.seen = seen
        self.root = root
        self.user = user
        parts = path.split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) }
        query = TestWebServer.fields(String(seen.target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""))
    }

    func parameter(_ name: String) -> String? {
        (query.first { $0.name == name } ?? seen.form.first { $0.name == name })?.value
    }

    /// The full name that a path begins with, and the rest of it.
    var place: (name: String, rest: [String])? {
        var names: [String] = []
        var rest = parts[...]
        while rest.count >= 2, rest.first == "job" {
            names.append(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
        }
        return names.isEmpty ? nil : (names.joined(separator: "/"), Array(rest))
    }

    static let missing = TestJenkins.Answer.page(404, "Not Found")

    /// - Parameter rest: what follows the object: `api`, `json`.
    func json(_ value: JSONValue, _ rest: some Collection<String>) -> TestJenkins.Answer {
        let rest = Array(rest)
        guard rest.count == 2, rest[0] == "api", ["json", "python"].contains(rest[1]) else { return Self.missing }
        var value = value
        if let tree = parameter("tree") {
            guard let filter = TreeFilter(tree) else { return .page(400, "Bad tree") }
            value = filter.apply(to: value)
        } else {
            value = Self.shallow(value, depth: Int(parameter("depth") ?? "") ?? 0)
        }
        guard rest[1] == "python" else { return TestJenkins.Answer(200, json: value) }
        return TestJenkins.Answer(200, Self.python(value), headers: ["content-type": "text/x-python;charset=utf-8"])
    }

    /// Of what is deeper, its name and address alone.
    private static func shallow(_ value: JSONValue, depth: Int, level: Int = 0) -> JSONValue {
        if let list = value.array { return .array(list.map { shallow($0, depth: depth, level: level) }) }
        guard let object = value.object else { return value }
        let isPlace = object["url"] != nil && level > depth
        let kept =
            isPlace ? object.filter { ["_class", "name", "url", "number", "color"].contains($0.key) } : Array(object)
        return .object(JSONObject(kept.map { ($0.key, shallow($0.value, depth: depth, level: level + 1)) }))
    }

    private static func python(_ value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .array(let list): "[" + list.map(python).joined(separator: ",") + "]"
        case .object(let object):
            "{" + object.map { "\(JSONWriter.string(.string($0.key))):\(python($0.value))" }.joined(separator: ",")
                + "}"
        default: JSONWriter.string(value)
        }
    }
}
