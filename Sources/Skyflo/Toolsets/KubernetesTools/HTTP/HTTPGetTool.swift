import KubeClient
import KubeModel
import ToolKit
import Writes

struct HTTPGetTool: KubernetesTool {
    /// Of a body.
    static let maximumBytes = 262_144

    let name = "k8s_http_get"
    let onlyReads = true
    let title = "HTTP GET From Kubernetes Service Or Pod"
    let isOpenWorld = true
    let requests: [ToolRequest]? = [
        .read("pods", "services", "namespaces"), ToolRequest(["get"], of: ["pods/proxy", "services/proxy"]),
    ]
    let description = """
        Send a GET to a service or pod through the API server: /healthz, /readyz, /metrics, /version, and what its annotation \
        skyflo.ai/http-get allows.
        """
    let parameters = ToolParameters([
        .name,
        .optional(
            "kind", aliases: ["resource_type"], kind: .kind(["service", "pod"]), default: "service",
            description: "What to ask", obvious: true),
        .namespace,
        .optional(
            "port", kind: .string(.text(maximum: 63)), description: "Number or name; by default the first",
            obvious: true),
        .optional(
            "path", kind: .string(.text(maximum: 2048)), default: "/healthz",
            description: "Path, not encoded: /healthz",
            obvious: true),
        .optional(
            "query", kind: .stringMap, description: "Parameters of the query, not encoded", obvious: true),
        .optional(
            "scheme", kind: .choice(["http", "https"]), default: "http", description: "What the port speaks",
            obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let isPod = arguments.string("kind") == "pod"
        let resource: APIResource =
            isPod ? .pods : APIResource(group: "", version: "v1", plural: "services", kind: "Service")
        let name = try arguments.requiredString("name")
        try Names.check(name, of: resource)
        let path = try RequestedPath(arguments.string("path") ?? "/healthz")
        let namespace = arguments.string("namespace") ?? context.namespace
        let object = try await context.object(ResourceMatch(resource), namespace: namespace, name: name)
        let get = ProxyGet(
            to: object, isTLS: arguments.string("scheme") == "https",
            port: try ProxiedPort(arguments.string("port"), of: object).text, segments: path.segments,
            endsInSlash: path.endsInSlash, query: Self.query(arguments), answerLimit: Self.maximumBytes)
        guard let get else { throw path.refusal(by: object) }
        let response = try await context.api.get(get)
        return .output(Self.text(response, in: context))
    }

    private static func query(_ arguments: ToolArguments) -> [KubeRequest.QueryItem] {
        (arguments.json["query"]?.object ?? [:]).map { KubeRequest.QueryItem($0.key, value: $0.value.string ?? "") }
    }

    // MARK: Answer

    private static let shownHeaders = 40

    private static func text(_ response: KubeResponse, in context: ToolContext) -> String {
        var lines = ["HTTP \(response.status)"]
        for header in response.headers.prefix(shownHeaders) {
            let value = OutputLimit.shorten(header.value, to: 512)
            // What a cookie holds is a credential, whatever its name.
            let isCookie = header.name.lowercased() == "set-cookie"
            let shown =
                isCookie ? context.redactor.token(value) : context.redactor.redact(text: "\(header.name): \(value)")
            lines.append(isCookie ? "\(header.name): \(shown)" : shown)
        }
        if (300..<400).contains(response.status) { lines.append("(The redirect was not followed.)") }
        let head = lines.joined(separator: "\n") + "\n\n"
        let body = body(response, in: context)
        let room = max(256, context.outputLimit - head.utf8.count)
        return head + OutputLimit.cutMiddle(body, to: room, rest: "a narrower path or query shows it")
    }

    private static func body(_ response: KubeResponse, in context: ToolContext) -> String {
        // What is cut may end within a character.
        let text = String(decoding: response.body, as: UTF8.self)
        let isText =
            !response.body.contains(0) && (response.isCut || String(validating: response.body, as: UTF8.self) != nil)
        guard isText else { return "(\(response.body.count) bytes that are no text)" }
        let note = response.isCut ? "\n(The body is longer than \(maximumBytes) bytes; the rest was not read.)" : ""
        return text.isEmpty ? "(no body)" : context.redactor.redact(text: text) + note
    }
}

/// A path as it was given, in its segments.
private struct RequestedPath {
    var segments: [String]
    var endsInSlash: Bool

    init(_ text: String) throws(ToolFailure) {
        let excerpt = ToolParameters.excerpt(text)
        guard text.hasPrefix("/"), !text.contains("?"), !text.contains("#") else {
            throw ToolFailure(
                "path: \"\(excerpt)\" must begin with \"/\" and have no \"?\" or \"#\"; parameters go into query")
        }
        endsInSlash = text.hasSuffix("/")
        var parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.last?.isEmpty == true { parts.removeLast() }
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".."
                && part.unicodeScalars.allSatisfy {
                    $0.value > 0x20 && $0.value != 0x7F && !"%\\;".unicodeScalars.contains($0)
                }
        }
        // What is encoded twice, or split elsewhere, could mean another path to the application.
        guard isPlain else {
            throw ToolFailure(
                "path: \"\(excerpt)\" must not have empty segments, \".\", \"..\", blanks, \"%\", \";\" or \"\\\": it is "
                    + "encoded on the way")
        }
        segments = parts
    }

    /// An application may change something on a GET, so this isn't sent without a word of its owner.
    func refusal(by object: KubeObject) -> ToolFailure {
        let named = object.annotations[ProxyGet.annotation] ?? ""
        let known = ProxyGet.conventionalPaths.sorted().map { "/\($0)" }.joined(separator: ", ")
        let path = ToolParameters.excerpt(segments.joined(separator: "/"))
        return ToolFailure(
            "path: a GET of /\(path) may change something in the application, as far as is known here. Known as reads are "
                + "\(known), and what begins with one of the paths, separated by commas, that the annotation "
                + "\(ProxyGet.annotation) of the \(object.kind.lowercased()) names (\"/\" for all): "
                + (named.isEmpty ? "it has none" : named))
    }
}

/// The port that is meant.
private struct ProxiedPort {
    var text: String

    init(_ given: String?, of object: KubeObject) throws(ToolFailure) {
        let ports: [(name: String, number: Int)]
        if object.kind == "Pod" {
            ports = (object["spec", "containers"]?.array ?? []).flatMap { $0["ports"]?.array ?? [] }.map {
                ($0["name"]?.string ?? "", $0["containerPort"]?.int ?? 0)
            }
        } else {
            ports = (object["spec", "ports"]?.array ?? []).map { ($0["name"]?.string ?? "", $0["port"]?.int ?? 0) }
        }
        let known = ports.map { $0.name.isEmpty ? "\($0.number)" : "\($0.name) (\($0.number))" }.joined(separator: ", ")
        let list = known.isEmpty ? "it declares none" : "its ports: \(known)"
        guard let given = given?.trimmingBlanks else {
            guard let first = ports.first else {
                throw ToolFailure("port: required, as \(object.kind.lowercased()) \(object.name) declares no port")
            }
            text = String(first.number)
            return
        }
        if let number = Int(given) {
            let isKnown = object.kind == "Pod" || ports.contains { $0.number == number }
            guard (1...65_535).contains(number), isKnown else {
                throw ToolFailure("port: \(object.kind.lowercased()) \(object.name) has no port \(given); \(list)")
            }
            text = String(number)
        } else {
            // The API server knows names of a service's ports only.
            guard let found = ports.first(where: { $0.name == given }) else {
                throw ToolFailure(
                    "port: \(object.kind.lowercased()) \(object.name) has no port \"\(ToolParameters.excerpt(given))\"; \(list)"
                )
            }
            text = String(found.number)
        }
    }
}
