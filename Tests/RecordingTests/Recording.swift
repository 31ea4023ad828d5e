import Foundation
import KubeModel
import Testing

/// What a real API server answered, read from the folder Recordings (its README says what stands where).
enum Recordings {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Recordings")

    static func read(_ name: String) throws -> JSONValue {
        try JSONParser.parse([UInt8](Data(contentsOf: folder.appendingPathComponent(name))))
    }

    static func groups() throws -> [Group] { try (read("index.json")["groups"]?.array ?? []).map(Group.init) }

    /// Scenarios that are known to differ, and why.
    static func knownDifferences() throws -> [String: String] {
        let file = folder.deletingLastPathComponent().appendingPathComponent("KnownDifferences.yaml")
        let yaml = try YAML.parse(String(contentsOf: file, encoding: .utf8))
        return Dictionary(
            (yaml.object ?? [:]).map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { first, _ in first })
    }
}

/// Scenarios that build on each other.
struct Group: Sendable, CustomTestStringConvertible {
    var name: String
    var namespace: String
    var setup: [String]
    var files: [String]

    init(_ json: JSONValue) {
        name = json["name"]?.string ?? ""
        namespace = json["namespace"]?.string ?? "default"
        setup = json["setup"]?.array?.compactMap { $0.string ?? $0["command"]?.string } ?? []
        files = json["files"]?.array?.compactMap(\.string) ?? []
    }

    var testDescription: String { name }

    func scenarios() throws -> [Scenario] {
        try files.map { try Scenario(name: String($0.dropLast(".json".count)), Recordings.read("exchanges/\($0)")) }
    }
}

/// A command beside or before what is compared.
struct Step: Sendable {
    var command: String
    var input: String?
    var after: Duration

    init(_ json: JSONValue) {
        command = json["command"]?.string ?? ""
        input = json["stdin"]?.string
        after = .seconds(json["after_seconds"]?.double ?? 0)
    }

    static func list(_ json: JSONValue?) -> [Step] { (json?.array ?? []).map(Step.init) }
}

struct Scenario: Sendable {
    struct Exchange: Sendable {
        var user: String?
        var before: [Step]
        var during: [Step]
        var request: JSONValue
        var response: JSONValue
        /// The request that shows where the manager's name comes from had another one.
        var agent: String

        init(_ json: JSONValue) {
            user = json["user"]?.string
            before = Step.list(json["before"])
            during = Step.list(json["during"])
            request = json["request"] ?? .null
            response = json["response"] ?? .null
            agent = json["says"]?.string?.contains("User-Agent") == true ? "some-agent/1.0" : "recorder/1.0"
        }
    }

    var name: String
    var json: JSONValue
    var setup: [Step]
    var during: [Step]
    var exchanges: [Exchange]

    init(name: String, _ json: JSONValue) {
        self.name = name
        self.json = json
        setup = Step.list(json["setup"])
        during = Step.list(json["during"])
        exchanges = (json["exchanges"]?.array ?? []).map(Exchange.init)
    }

    var isKubectl: Bool { json["kind"]?.string == "kubectl" }
    var namespace: String { json["namespace"]?.string ?? "default" }
    var user: String? { json["user"]?.string }
    var hasUnorderedCauses: Bool { json["any_order"] != nil }
    /// Who owns which field is looked at where that is the matter.
    var comparesManagedFields: Bool { json["group"]?.string == "apply" }
}
