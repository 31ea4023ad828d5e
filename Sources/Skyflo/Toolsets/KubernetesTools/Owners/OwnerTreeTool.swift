import KubeClient
import KubeModel
import ToolKit
import Writes

struct OwnerTreeTool: KubernetesTool {
    let name = "k8s_owner_tree"
    let onlyReads = true
    let title = "Show Kubernetes Owner Tree"
    let requests: [ToolRequest]? = [.read("*")]
    let description = "Show who owns an object and what it owns, with the health of each."
    let parameters = ToolParameters([.resourceType, .name, .namespace])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(arguments)
        let owners = try await OwnerChain(of: target, in: context)
        let dependents = try await Dependents(of: target, in: context)
        var tree = OwnerTreeText(dependents: dependents, limit: context.outputLimit - 1024)
        tree.write(owners, target: target.object)
        let notes = owners.notes + dependents.notes
        let text = context.redactor.redact(text: (tree.lines + notes.map { "(\($0))" }).joined(separator: "\n"))
        return .output(text)
    }
}

/// The owners of an object, the topmost first: by the controller, or by the first owner where none controls it.
private struct OwnerChain {
    private static let maximum = 8

    private(set) var lines: [String] = []
    private(set) var notes: [String] = []

    init(of target: LiveTarget, in context: ToolContext) async throws {
        var object = target.object
        var seen: Set<String> = [object.uid]
        for _ in 0..<Self.maximum {
            guard let owner = object.controller ?? object.ownerReferences.first else { return }
            for other in object.ownerReferences where other != owner {
                notes.append("\(object.kind)/\(object.name) is also owned by \(other.kind)/\(other.name)")
            }
            let title = "\(owner.kind)/\(owner.name)"
            guard seen.insert(owner.uid).inserted else {
                notes.append("\(title) owns itself by way of others")
                return
            }
            switch try await Self.read(owner, namespace: target.namespace, in: context) {
            case .failure(let unreadable):
                lines.insert("\(title)  not read: \(unreadable.reason)", at: 0)
                return
            case .success(let found) where found?.uid != owner.uid:
                let why = found == nil ? "it doesn't exist any more" : "there is another one of that name now"
                lines.insert("\(title)  missing: \(why)", at: 0)
                return
            case .success(let found):
                guard let found else { return }
                lines.insert(OwnerTreeText.line(found), at: 0)
                object = found
            }
        }
        notes.append("owners further up than \(Self.maximum) levels are left out")
    }

    private static func read(
        _ owner: OwnerReference, namespace: String?, in context: ToolContext
    ) async throws -> Result<KubeObject?, Unreadable> {
        try await context.api.readable {
            guard let version = GroupVersion(apiVersion: owner.apiVersion) else { return nil }
            let resource = try await context.mapper.resource(
                for: GroupVersionKind(group: version.group, version: version.version, kind: owner.kind))
            return try await context.api.find(
                resource, namespace: resource.namespaced ? namespace : nil, name: owner.name)
        }
    }
}

/// The tree as lines, each object under its owner.
struct OwnerTreeText {
    private static let maximumLines = 200
    /// Objects of one kind under one owner.
    private static let maximumSiblings = 50

    private(set) var lines: [String] = []
    private let dependents: Dependents
    private let limit: Int
    private var size = 0

    init(dependents: Dependents, limit: Int) {
        self.dependents = dependents
        self.limit = limit
    }

    fileprivate mutating func write(_ owners: OwnerChain, target: KubeObject) {
        for (depth, line) in owners.lines.enumerated() { add(Self.indent(depth) + line) }
        let depth = owners.lines.count
        add(Self.indent(depth) + Self.line(target) + (depth > 0 ? "  ← asked for" : ""))
        writeChildren(of: target, prefix: String(repeating: "   ", count: depth), above: [target.uid])
    }

    private static func indent(_ depth: Int) -> String {
        depth == 0 ? "" : String(repeating: "   ", count: depth - 1) + "└─ "
    }

    /// `Pod/web-1  Running, 1/1 ready, 0 restarts`
    static func line(_ object: KubeObject) -> String {
        let health = ObjectHealth.text(object)
        return "\(object.kind)/\(object.name)" + (health.isEmpty ? "" : "  \(health)")
    }

    private mutating func writeChildren(of owner: KubeObject, prefix: String, above: Set<String>) {
        let all = dependents.children(of: owner.uid)
        let idle = all.filter { Self.isIdle($0) && dependents.children(of: $0.uid).isEmpty }
        let idleUIDs = Set(idle.map(\.uid))
        let busy = all.filter { !idleUIDs.contains($0.uid) }
        var entries = busy.prefix(Self.maximumSiblings).map { (line: Self.line($0), object: Optional($0)) }
        if busy.count > Self.maximumSiblings {
            entries.append(("… \(busy.count - Self.maximumSiblings) more; for all: k8s_get", nil))
        }
        if !idle.isEmpty {
            let names = idle.prefix(10).map(\.name).joined(separator: ", ")
            let more = idle.count > 10 ? ", …" : ""
            entries.append(("\(idle.count) ReplicaSet\(idle.count == 1 ? "" : "s") scaled to 0: \(names)\(more)", nil))
        }
        for (at, entry) in entries.enumerated() {
            let isLast = at == entries.count - 1
            guard add(prefix + (isLast ? "└─ " : "├─ ") + entry.line) else { return }
            guard let object = entry.object, !above.contains(object.uid), above.count < 10 else { continue }
            writeChildren(
                of: object, prefix: prefix + (isLast ? "   " : "│  "), above: above.union([object.uid]))
        }
    }

    /// Of an earlier revision.
    private static func isIdle(_ object: KubeObject) -> Bool {
        object.kind == "ReplicaSet" && object["spec", "replicas"]?.int == 0
            && object["status", "replicas"]?.int ?? 0 == 0
    }

    /// - Returns: whether there is room for more.
    @discardableResult
    private mutating func add(_ line: String) -> Bool {
        guard size >= 0 else { return false }
        size += line.utf8.count + 1
        guard lines.count < Self.maximumLines, size <= limit else {
            lines.append("… the rest is left out: ask for an object further down")
            size = -1
            return false
        }
        lines.append(line)
        return true
    }
}
