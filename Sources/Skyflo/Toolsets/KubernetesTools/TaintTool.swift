import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct TaintTool: KubernetesTool {
    let name = "k8s_taint"
    let title = "Taint Kubernetes Node"
    let requests: [ToolRequest]? = [.read("nodes", "pods"), .patch("nodes")]
    let isIdempotent = true
    let description = "Propose to set or remove taints of a node. NoExecute evicts pods that don't tolerate it at once."
    let parameters = ToolParameters([
        .nodeName,
        .required(
            "taints", kind: .string(.text(maximum: 4096)),
            description: "key=value:NoSchedule,key2:NoExecute to set; key:Effect- or key- to remove"),
        .optional(
            "overwrite", kind: .boolean, default: false, description: "Change taints that have another value already",
            obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let edits = try Taint.edits(arguments.list("taints"))
        let node = try await context.node(arguments)
        let current = node.object["spec", "taints"]?.array ?? []
        let after = try Self.apply(edits, to: current, overwrites: arguments.bool("overwrite"), of: node)
        guard after != current else { return .output("Nothing to do: the taints of \(node.text) are so already.") }
        // The list is replaced as a whole; the version that goes along keeps other changes safe.
        let patch: JSONValue = ["spec": ["taints": after.isEmpty ? .null : .array(after)]]
        let texts = edits.map(\.text).joined(separator: ", ")
        return .proposal(
            WriteProposal(
                "Taint \(node.text): \(texts)", planned: node.patch(.merge(patch)), risk: .high,
                warnings: try await Self.warnings(edits, after: after, of: node, in: context),
                postConditions: [.stored(node.subject)]))
    }

    private static func apply(
        _ edits: [Taint.Edit], to current: [JSONValue], overwrites: Bool, of node: LiveTarget
    ) throws(ToolFailure) -> [JSONValue] {
        var taints = current
        for edit in edits {
            switch edit {
            case .remove(let key, let effect):
                taints.removeAll { Taint($0).key == key && (effect == nil || Taint($0).effect == effect) }
            case .set(let taint):
                guard let position = taints.firstIndex(where: { Taint($0).isSame(as: taint) }) else {
                    taints.append(taint.json)
                    continue
                }
                if Taint(taints[position]).value == taint.value { continue }
                guard overwrites else {
                    throw ToolFailure(
                        "\(node.text) has the taint \(Taint(taints[position]).text) already; set overwrite to true to change it"
                    )
                }
                taints[position] = taint.json
            }
        }
        return taints
    }

    /// Which pods a NoExecute taint evicts.
    private static func warnings(
        _ edits: [Taint.Edit], after: [JSONValue], of node: LiveTarget, in context: ToolContext
    ) async throws -> [String] {
        let evicting = edits.compactMap(\.added).filter { $0.effect == "NoExecute" && after.contains($0.json) }
        guard !evicting.isEmpty else { return [] }
        let options = ListOptions(fieldSelector: "spec.nodeName=\(node.object.name)")
        let pods = try await context.api.readable {
            try await context.api.listAll(.pods, namespace: nil, options: options).items
        }
        guard let pods = try? pods.get() else {
            return ["pods on the node that don't tolerate it are evicted; which ones can't be read"]
        }
        let names = pods.filter { pod in
            let tolerations = pod["spec", "tolerations"]?.array ?? []
            return evicting.contains { taint in !tolerations.contains { taint.isTolerated(by: $0) } }
        }.map(DrainPlan.text).sorted()
        if names.isEmpty { return ["no pod on the node is evicted: all tolerate it"] }
        let more = names.count > 10 ? " and \(names.count - 10) more" : ""
        return ["evicted, without regard to disruption budgets: \(names.prefix(10).joined(separator: ", "))\(more)"]
    }
}

struct Taint: Hashable {
    var key: String
    var value: String
    var effect: String

    static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

    enum Edit: Hashable {
        case set(Taint)
        /// - Parameter effect: nil for all of the key.
        case remove(key: String, effect: String?)

        var added: Taint? { if case .set(let taint) = self { taint } else { nil } }

        var text: String {
            switch self {
            case .set(let taint): taint.text
            case .remove(let key, let effect): "\(key)\(effect.map { ":\($0)" } ?? "")-"
            }
        }
    }

    init(key: String, value: String, effect: String) {
        self.key = key
        self.value = value
        self.effect = effect
    }

    init(_ json: JSONValue) {
        self.init(
            key: json["key"]?.string ?? "", value: json["value"]?.string ?? "", effect: json["effect"]?.string ?? "")
    }

    var json: JSONValue {
        .compact([
            "key": .string(key), "value": value.isEmpty ? nil : .string(value), "effect": .string(effect),
        ])
    }

    var text: String { "\(key)\(value.isEmpty ? "" : "=\(value)"):\(effect)" }

    func isSame(as other: Taint) -> Bool { key == other.key && effect == other.effect }

    /// By the rules of `k8s.io/component-helpers/scheduling/corev1`.
    func isTolerated(by toleration: JSONValue) -> Bool {
        let (key, effect) = (toleration["key"]?.string ?? "", toleration["effect"]?.string ?? "")
        guard effect.isEmpty || effect == self.effect, key.isEmpty || key == self.key else { return false }
        if toleration["operator"]?.string == "Exists" { return true }
        return !key.isEmpty && toleration["value"]?.string ?? "" == value
    }

    // MARK: Reading

    /// - Throws: ``ToolFailure`` with everything that is wrong.
    static func edits(_ items: [String]) throws(ToolFailure) -> [Edit] {
        var edits: [Edit] = []
        var problems: [String] = []
        for item in items {
            switch edit(item) {
            case .success(let edit): edits.append(edit)
            case .failure(let failure): problems.append("\"\(ToolParameters.excerpt(item))\" \(failure.message)")
            }
        }
        if items.isEmpty { problems.append("give at least one, like dedicated=gpu:NoSchedule") }
        guard problems.isEmpty else {
            throw ToolFailure("invalid arguments:\n" + problems.map { "- taints: \($0)" }.joined(separator: "\n"))
        }
        return edits
    }

    private static func edit(_ item: String) -> Result<Edit, ToolFailure> {
        let isRemoved = item.hasSuffix("-")
        let text = isRemoved ? item.dropLast() : Substring(item)
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let pair = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let key = pair[0]
        guard Names.isLabelKey(key) else { return .failure(ToolFailure("has no valid key")) }
        if nodeController.contains(key) {
            return .failure(
                ToolFailure("is set by the node controller alone, from the node's conditions; see k8s_cordon"))
        }
        let effect = parts.count == 2 ? String(parts[1]) : nil
        if let effect, !effects.contains(effect) {
            let nearest = effects.first { $0.lowercased() == effect.lowercased() }
            return .failure(
                ToolFailure(
                    "has no known effect: \(nearest.map { "write it \($0)" } ?? effects.joined(separator: ", "))"))
        }
        if isRemoved { return .success(.remove(key: key, effect: effect)) }
        let value = pair.count == 2 ? pair[1] : ""
        guard Names.isLabelValue(value) else { return .failure(ToolFailure("has no valid value")) }
        guard let effect else {
            return .failure(ToolFailure("has no effect: write \(key)\(value.isEmpty ? "" : "=\(value)"):NoSchedule"))
        }
        return .success(.set(Taint(key: key, value: value, effect: effect)))
    }

    private static let nodeController: Set<String> = [
        "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/unschedulable",
        "node.kubernetes.io/memory-pressure", "node.kubernetes.io/disk-pressure", "node.kubernetes.io/pid-pressure",
        "node.kubernetes.io/network-unavailable",
    ]
}
