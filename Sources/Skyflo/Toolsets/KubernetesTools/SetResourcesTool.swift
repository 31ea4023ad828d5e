import KubeClient
import KubeModel
import ToolKit
import Writes

struct SetResourcesTool: KubernetesTool {
    let name = "k8s_set_resources"
    let title = "Set Kubernetes Container Resources"
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("*"), .patch("*")]
    let description = "Propose to change requests and limits of a workload's containers. Its pods are replaced."
    let parameters = ToolParameters([
        .resourceType, .name, .namespace, .container,
        .optional(
            "requests", kind: .string(.text(maximum: 1024)), description: "cpu=100m,memory=256Mi; memory- removes it"),
        .optional(
            "limits", kind: .string(.text(maximum: 1024)), description: "cpu=500m; cpu- removes it", obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let wanted = try ["requests", "limits"].map { kind throws(ToolFailure) in
            (kind: kind, quantities: try Self.quantities(arguments.list(kind), parameter: kind))
        }.filter { !$0.quantities.isEmpty }
        guard !wanted.isEmpty else { throw ToolFailure("requests, limits: give at least one of them") }
        let target = try await context.target(arguments)
        let template = try ContainerChanges(target)
        let containers = try template.choose(arguments.string("container"))
        let resources = JSONValue.object(
            JSONObject(
                wanted.map { kind, quantities in (kind, .object(JSONObject(quantities.map { ($0.name, $0.json) }))) }))
        let patch = template.patch(containers.map { ($0, ["resources": resources]) })
        let names = containers.map(\.name).joined(separator: ", ")
        let texts = wanted.map { "\($0.kind) \($0.quantities.map(\.text).joined(separator: ", "))" }
        let summary = "Set resources of \(target.text), container \(names): \(texts.joined(separator: "; "))"
        guard let proposal = try await template.proposal(summary, patch: patch, in: context) else {
            return .output("Nothing to do: the containers of \(target.text) have these resources already.")
        }
        return .proposal(proposal)
    }

    struct Quantity {
        var name: String
        /// nil where it is to be removed.
        var value: String?
        var json: JSONValue { value.map(JSONValue.string) ?? .null }
        var text: String { value.map { "\(name)=\($0)" } ?? "\(name)-" }
    }

    private static func quantities(_ items: [String], parameter: String) throws(ToolFailure) -> [Quantity] {
        var quantities: [Quantity] = []
        for item in items {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let isRemoved = parts.count == 1 && item.hasSuffix("-")
            let name = isRemoved ? String(item.dropLast()) : parts[0]
            guard parts.count == 2 || isRemoved, Names.isLabelKey(name) else {
                throw ToolFailure(
                    "\(parameter): \"\(ToolParameters.excerpt(item))\" is not resource=quantity, like cpu=100m")
            }
            if let value = parts.dropFirst().first, let problem = problem(with: value, of: name) {
                throw ToolFailure("\(parameter): \(problem)")
            }
            guard !quantities.contains(where: { $0.name == name }) else {
                throw ToolFailure("\(parameter): \(name) is in it twice")
            }
            quantities.append(Quantity(name: name, value: isRemoved ? nil : parts[1]))
        }
        return quantities
    }

    /// By the grammar of quantities (`k8s.io/apimachinery/pkg/api/resource`).
    private static func problem(with text: String, of name: String) -> String? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let suffix = text.dropFirst(number.count)
        let isNumber = number.contains(where: \.isNumber) && number.count { $0 == "." } <= 1
        guard isNumber, isSuffix(suffix) else {
            let nearest = suffixes[suffix.lowercased()].map { "; the nearest is \(number)\($0)" } ?? ""
            return
                "\"\(ToolParameters.excerpt(text))\" is no quantity of \(name), like 100m, 2 or 256Mi\(isNumber ? nearest : "")"
        }
        // A thousandth of a byte is a mistyped M.
        return suffix == "m" && name != "cpu"
            ? "\"\(text)\" of \(name) is in thousandths; the nearest is \(number)M" : nil
    }

    private static func isSuffix(_ text: Substring) -> Bool {
        if ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(text) {
            return true
        }
        guard let first = text.first, "eE".contains(first) else { return false }
        return Int(text.dropFirst()) != nil
    }

    /// What people write instead.
    private static let suffixes = [
        "kb": "k", "mb": "M", "gb": "G", "tb": "T", "kib": "Ki", "mib": "Mi", "gib": "Gi", "tib": "Ti", "ki": "Ki",
        "mi": "Mi", "gi": "Gi", "g": "G", "t": "T",
    ]
}
