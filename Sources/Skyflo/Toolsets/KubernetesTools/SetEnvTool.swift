import KubeClient
import KubeModel
import ToolKit
import Writes

struct SetEnvTool: KubernetesTool {
    let name = "k8s_set_env"
    let title = "Set Kubernetes Container Environment"
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("*"), .patch("*")]
    let description = """
        Propose to set or remove environment variables of a workload's containers. Its pods are replaced. Credentials go by \
        reference only.
        """
    let parameters = ToolParameters([
        .resourceType, .name, .namespace, .container,
        .optional("env", kind: .stringMap, description: "Values by variable: {\"MODE\": \"fast\"}", obvious: true),
        .optional(
            "from_secret", kind: .stringMap, description: "Secret and key: {\"DB_PASSWORD\": \"db/password\"}"),
        .optional(
            "from_config_map", kind: .stringMap, description: "ConfigMap and key: {\"MODE\": \"settings/mode\"}",
            obvious: true),
        .optional("remove", kind: .string(.text(maximum: 4096)), description: "Variables: A,B"),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let variables = try EnvironmentVariables(arguments, redactor: context.redactor)
        let target = try await context.target(arguments)
        let template = try ContainerChanges(target)
        let containers = try template.choose(arguments.string("container"))
        let changes = containers.map {
            ($0, ["env": .array(variables.patch(of: $0.json["env"]?.array ?? []))] as JSONValue)
        }
        .filter { $0.1["env"]?.array?.isEmpty == false }
        guard !changes.isEmpty else { return Self.unchanged(target) }
        let names = changes.map(\.0.name).joined(separator: ", ")
        let summary =
            "Set environment of \(target.text), container \(names): \(variables.texts.joined(separator: ", "))"
        let proposal = try await template.proposal(
            summary, patch: template.patch(changes), in: context,
            warnings: try await missing(variables, for: target, in: context))
        return proposal.map { .proposal($0) } ?? Self.unchanged(target)
    }

    private static func unchanged(_ target: LiveTarget) -> ToolOutcome {
        .output("Nothing to do: the environment of the containers of \(target.text) is so already.")
    }

    /// A ConfigMap that is missing keeps pods from starting. Secrets aren't read: they are no business of the tool's.
    private func missing(
        _ variables: EnvironmentVariables, for target: LiveTarget, in context: ToolContext
    ) async throws -> [String] {
        var warnings: [String] = []
        let resource = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
        for reference in variables.configMaps {
            let found = try await context.api.readable {
                try await context.api.find(resource, namespace: target.namespace, name: reference.object)
            }
            guard case .success(let map) = found else { continue }
            if map?["data", reference.key] == nil {
                warnings.append(
                    "configmap \(reference.object) \(map == nil ? "is missing" : "has no key \(reference.key)"): pods don't start without it"
                )
            }
        }
        return warnings
    }
}

/// What a call wants of the environment, checked as far as that goes without the object.
struct EnvironmentVariables {
    struct Reference {
        var variable: String
        var object: String
        var key: String
    }

    private let values: [(key: String, value: String)]
    private let secrets: [Reference]
    let configMaps: [Reference]
    private let removed: [String]

    init(_ arguments: ToolArguments, redactor: Redactor) throws(ToolFailure) {
        values = arguments.map("env")
        removed = arguments.list("remove").map { $0.hasSuffix("-") ? String($0.dropLast()) : $0 }
        secrets = try Self.references(arguments, parameter: "from_secret")
        configMaps = try Self.references(arguments, parameter: "from_config_map")
        let names = values.map(\.key) + (secrets + configMaps).map(\.variable) + removed
        var problems: [String] = []
        if names.isEmpty { problems.append("give at least one of env, from_secret, from_config_map, remove") }
        problems += names.filter { !Self.isName($0) }.map {
            "\"\(ToolParameters.excerpt($0))\" is no name of an environment variable"
        }
        let repeated = Set(names.filter { name in names.count { $0 == name } > 1 })
        problems += repeated.sorted().map { "\($0) is in it more than once" }
        for (key, value) in values where problems.isEmpty {
            if let problem = Self.problem(with: value, of: key, redactor) { problems.append(problem) }
        }
        guard problems.isEmpty else {
            throw ToolFailure("invalid arguments:\n" + problems.map { "- \($0)" }.joined(separator: "\n"))
        }
    }

    /// What is written into a workload can be read by everyone who may read that.
    private static func problem(with value: String, of name: String, _ redactor: Redactor) -> String? {
        if Redactor.isRedacted(value) { return PatchText.redacted("env: \(name)").message }
        let variable: JSONValue = ["name": .string(name), "value": .string(value)]
        guard !value.isEmpty, redactor.redact(json: variable) != variable else { return nil }
        return
            "env: \(name) looks like a credential, which everyone could read in the workload: put it into a Secret, and refer "
            + "to that by from_secret, as the Secret's name, / and its key"
    }

    private static func references(
        _ arguments: ToolArguments, parameter: String
    ) throws(ToolFailure) -> [Reference] {
        try arguments.map(parameter).map { variable, text throws(ToolFailure) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, Names.isSubdomain(parts[0]), isKey(parts[1]) else {
                throw ToolFailure(
                    "\(parameter): \(ToolParameters.excerpt(variable)): \"\(ToolParameters.excerpt(text))\" is not NAME/KEY"
                )
            }
            return Reference(variable: variable, object: parts[0], key: parts[1])
        }
    }

    private static func isKey(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { Names.isAlphanumeric($0) || "-._".utf8.contains($0) }
    }

    /// As the API server takes it since 1.34: printable ASCII but `=`. Shells know less, and so do people.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.count <= 253 && text.utf8.allSatisfy { Names.isAlphanumeric($0) || "_-.".utf8.contains($0) }
    }

    /// The entries of a strategic patch: a value and a reference exclude each other, so each takes the other away.
    func patch(of current: [JSONValue]) -> [JSONValue] {
        func old(_ name: String) -> JSONValue? { current.first { $0["name"]?.string == name } }
        var entries: [JSONValue] = []
        for (name, value) in values where old(name)?["value"]?.string ?? (old(name) == nil ? nil : "") != value {
            entries.append(
                .compact([
                    "name": .string(name), "value": .string(value),
                    "valueFrom": old(name)?["valueFrom"] == nil ? nil : JSONValue.null,
                ]))
        }
        for (kind, references) in [("secretKeyRef", secrets), ("configMapKeyRef", configMaps)] {
            for reference in references {
                let source: JSONValue = [kind: ["name": .string(reference.object), "key": .string(reference.key)]]
                guard let before = old(reference.variable) else {
                    entries.append(["name": .string(reference.variable), "valueFrom": source])
                    continue
                }
                if before["valueFrom"] == source { continue }
                var replaced = source
                replaced["$patch"] = "replace"
                entries.append(
                    .compact([
                        "name": .string(reference.variable), "value": before["value"] == nil ? nil : JSONValue.null,
                        "valueFrom": before["valueFrom"] == nil ? source : replaced,
                    ]))
            }
        }
        entries += removed.filter { old($0) != nil }.map { ["name": .string($0), "$patch": "delete"] }
        return entries
    }

    var texts: [String] {
        values.map { "\($0.key)=\(OutputLimit.shorten($0.value, to: 80))" }
            + secrets.map { "\($0.variable) from secret \($0.object), key \($0.key)" }
            + configMaps.map { "\($0.variable) from configmap \($0.object), key \($0.key)" } + removed.map { "\($0)-" }
    }
}
