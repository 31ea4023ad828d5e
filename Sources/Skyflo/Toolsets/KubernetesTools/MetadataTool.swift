import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// What of an object's metadata is a map of texts.
enum MetadataMap: String {
    case labels, annotations

    var noun: String { self == .labels ? "label" : "annotation" }

    func of(_ object: KubeObject) -> [String: String] { self == .labels ? object.labels : object.annotations }
}

/// `k8s_label` and `k8s_annotate`.
struct MetadataTool: KubernetesTool {
    let map: MetadataMap

    var name: String { map == .labels ? "k8s_label" : "k8s_annotate" }
    var title: String { map == .labels ? "Label Kubernetes Resource" : "Annotate Kubernetes Resource" }
    var description: String {
        "Propose to set or remove \(map.rawValue) of one object; of a workload, not those of its pods."
    }
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("*"), .patch("*")]
    var parameters: ToolParameters {
        ToolParameters([
            .resourceType, .name, .namespace,
            .optional(map.rawValue, kind: .stringMap, description: "What to set, by key", obvious: true),
            .optional("remove", kind: .string(.text(maximum: 4096)), description: "Keys: a,b"),
            .optional(
                "overwrite", kind: .boolean, default: false, description: "Change keys that have another value already",
                obvious: true),
        ])
    }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let wanted = try MetadataChanges(arguments, of: map)
        let target = try await context.target(arguments)
        let changes = try wanted.changes(of: target, overwrites: arguments.bool("overwrite"))
        guard !changes.isEmpty else {
            return .output("Nothing to do: the \(map.rawValue) of \(target.text) are so already.")
        }
        let patch: JSONValue = ["metadata": [map.rawValue: .object(JSONObject(changes.map { ($0.key, $0.json) }))]]
        let changed = KubeObject(MergePatch.apply(patch, to: target.object.json))
        let verb = map == .labels ? "Label" : "Annotate"
        return .proposal(
            WriteProposal(
                "\(verb) \(target.text): \(changes.map(\.text).joined(separator: ", "))",
                planned: target.patch(.merge(patch)),
                risk: .baseline(target.resource, namespace: target.namespace), warnings: warnings(changes, of: target),
                postConditions: target.postConditions(afterChangeTo: changed)))
    }

    /// Whom others find by a label that it loses, they lose.
    private func warnings(_ changes: [MetadataChanges.Change], of target: LiveTarget) -> [String] {
        guard map == .labels, target.resource.isSame(as: .pods) else { return [] }
        let lost = changes.filter { $0.old != nil }.map(\.key)
        guard !lost.isEmpty else { return [] }
        let owner = target.object.controller.map { "\($0.kind) \($0.name) and " } ?? ""
        return [
            "\(owner)Services that select pods by \(lost.joined(separator: ", ")) may lose this pod; a controller that does makes another"
        ]
    }
}

/// What a call wants of a map, checked as far as that goes without the object.
struct MetadataChanges {
    struct Change {
        var key: String
        var old: String?
        /// nil where the key goes.
        var new: String?

        var json: JSONValue { new.map(JSONValue.string) ?? .null }

        /// `tier=web`, `tier=web (was db)`, `tier-`, as kubectl writes them.
        var text: String {
            guard let new else { return "\(key)-" }
            let shown = "\(key)=\(OutputLimit.shorten(new, to: 80))"
            return old.map { "\(shown) (was \(OutputLimit.shorten($0, to: 80)))" } ?? shown
        }
    }

    private let map: MetadataMap
    private let set: [(key: String, value: String)]
    private let removed: [String]

    init(_ arguments: ToolArguments, of map: MetadataMap) throws(ToolFailure) {
        self.map = map
        set = arguments.map(map.rawValue)
        removed = arguments.list("remove").map { $0.hasSuffix("-") ? String($0.dropLast()) : $0 }
        var problems: [String] = []
        if set.isEmpty, removed.isEmpty { problems.append("\(map.rawValue): give some to set, or keys to remove") }
        problems += set.compactMap { keyProblem($0.key, parameter: map.rawValue) ?? valueProblem($0.value, of: $0.key) }
        problems += removed.compactMap { keyProblem($0, parameter: "remove") }
        problems += removed.filter { key in set.contains { $0.key == key } }.map {
            "remove: \($0) is to be set as well"
        }
        guard problems.isEmpty else {
            throw ToolFailure("invalid arguments:\n" + problems.map { "- \($0)" }.joined(separator: "\n"))
        }
    }

    private func keyProblem(_ key: String, parameter: String) -> String? {
        let excerpt = ToolParameters.excerpt(key)
        // The prefix of an annotation's key may have upper case letters, which that of a label may not.
        guard Names.isLabelKey(map == .labels ? key : key.lowercased()) else {
            return "\(parameter): \"\(excerpt)\" is no \(map.noun) key: at most 63 letters, digits, '-', '_' and '.', "
                + "after a DNS name and '/' where there is a prefix"
        }
        return BookkeepingKeys.isOwned(key, in: map)
            ? "\(parameter): \"\(excerpt)\" is kept by the controllers, which a change would confuse" : nil
    }

    private func valueProblem(_ value: String, of key: String) -> String? {
        if Redactor.isRedacted(value) { return PatchText.redacted("\(map.rawValue): \(key)").message }
        guard map == .labels, !Names.isLabelValue(value) else { return nil }
        let nearest = Self.nearest(value)
        return
            "\(map.rawValue): \(key): \"\(ToolParameters.excerpt(value))\" is no label value: at most 63 letters, digits, "
            + "'-', '_' and '.'" + (nearest.isEmpty ? "" : "; the nearest is \"\(nearest)\"")
            + "; k8s_annotate takes any text"
    }

    /// The label value that has most of a text.
    private static func nearest(_ text: String) -> String {
        let bytes = text.utf8.map { Names.isAlphanumeric($0) || "-._".utf8.contains($0) ? $0 : UInt8(ascii: "-") }
        let start = bytes.drop { !Names.isAlphanumeric($0) }.prefix(63)
        let end = start.lastIndex(where: Names.isAlphanumeric) ?? start.startIndex
        return start.isEmpty ? "" : String(decoding: start[...end], as: UTF8.self)
    }

    /// What of it isn't so already.
    func changes(of target: LiveTarget, overwrites: Bool) throws(ToolFailure) -> [Change] {
        let current = map.of(target.object)
        let changed = set.filter { current[$0.key] != $0.value }
            .map { Change(key: $0.key, old: current[$0.key], new: $0.value) }
        let others = changed.filter { $0.old != nil }
        guard overwrites || others.isEmpty else {
            let texts = others.map { "\($0.key) is \"\(OutputLimit.shorten($0.old ?? "", to: 80))\"" }
            throw ToolFailure(
                "\(target.text) has another value already: \(texts.joined(separator: ", ")); set overwrite to true to change it"
            )
        }
        let gone = removed.filter { current[$0] != nil }.map { Change(key: $0, old: current[$0], new: nil) }
        return changed + gone
    }
}
