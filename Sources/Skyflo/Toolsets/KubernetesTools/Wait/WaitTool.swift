import KubeClient
import KubeModel
import ToolKit
import Writes

/// Waits as `kubectl wait` does, for objects of any kind. Nobody is held meanwhile: each look is a call of its own.
struct WaitTool: KubernetesTool {
    let name = "k8s_wait"
    let onlyReads = true
    let title = "Wait for Kubernetes Resources"
    let requests: [ToolRequest]? = [ToolRequest(["get", "list", "watch"], of: ["*"])]
    let description = """
        Wait until objects have a condition or a field's value, exist, or are gone, as kubectl wait does. Of a list all have to; \
        the result says what each lacks when the time is up.
        """
    let parameters = ToolParameters([
        .resourceTypes,
        .optional("name", kind: .string(.objectName), description: "Name of one object; without it, all"),
        .required(
            "for", kind: .string(.text(maximum: 512)),
            description: "condition=Ready, condition=Available=False, delete, create, jsonpath={.status.phase}=Running"),
        .optional("timeout", kind: .string(.duration), default: "30s", description: "At most: 90s, 5m; up to 10m"),
        .namespace,
        .optional("all_namespaces", kind: .boolean, default: false, description: "Over all namespaces"),
        .optional("label_selector", kind: .string(.labelSelector), description: "In place of name"),
        .optional("field_selector", kind: .string(.fieldSelector), description: "In place of name"),
        .optional("all", kind: .boolean, default: false, description: "As without a name"),
    ])

    /// Longer than that, and the turn has no time left for anything else.
    static let longest = 600
    /// Objects that are looked at, each time.
    static let maximum = 200

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let goal = try WaitGoal(parsing: try arguments.requiredString("for"))
        let asked = Duration.seconds(ofGoText: arguments.string("timeout") ?? "") ?? 30
        let seconds = min(asked, Self.longest)
        let look: WaitLook
        do {
            let (queries, _) = try await GetSelection(arguments, in: context).queries(context)
            look = try await WaitLook(queries, goal: goal, in: context)
        } catch let error where Self.isPassing(error) && context.waited?.isOver == false {
            // A wait outlives a restart of the API server.
            return .waiting(ToolWait(title: goal.title, seconds: seconds, isWatched: true))
        }
        if look.isOver || context.waited?.isOver == true {
            return .output(look.text(after: context.waited, of: seconds, asked: asked))
        }
        return .waiting(
            ToolWait(
                title: look.title, seconds: seconds, isWatched: true, memory: look.memory, watches: look.watches,
                progress: look.progress))
    }
}

extension WaitTool {
    /// What may be otherwise at the next look.
    private static func isPassing(_ error: any Error) -> Bool {
        switch error {
        case let status as APIStatus: status.code >= 500 || status.code == 429
        case let fault as KubeClientError: [.unreachable, .timeout].contains(fault.code)
        default: false
        }
    }
}

/// How the objects stood to the goal at one look.
private struct WaitLook {
    private struct Row {
        var object: String
        var finding: WaitGoal.Finding
    }

    private let goal: WaitGoal
    private let subject: String
    private var rows: [Row] = []
    private var isComplete = true
    /// The uids of what was there at the first look, by the object: whatever has such a name later may be another one.
    private var uids: JSONObject = [:]
    /// What a change of can end the wait.
    private(set) var watches: [WaitWatch] = []

    init(_ queries: [GetQuery], goal: WaitGoal, in context: ToolContext) async throws {
        self.goal = goal
        subject = queries.map(Self.text).joined(separator: ", ")
        let known = context.waited?.memory?.object
        for query in queries {
            let (found, version) = try await objects(query, isFirst: context.waited == nil, in: context)
            watches.append(try watch(query, from: version, redactor: context.redactor))
            for object in found {
                let key = Self.key(object, query)
                uids[key] = .string(object.uid)
                if goal == .deletion, let known, known[key]?.string != object.uid { continue }
                rows.append(Row(object: key, finding: goal.finding(context.redactor.redact(object))))
            }
            if let name = query.name, found.isEmpty {
                let key = Self.key(query, namespace: query.namespace, name: name)
                rows.append(Row(object: key, finding: missing(known?[key] != nil)))
            }
        }
        if goal == .deletion, let known { addGone(known) }
    }

    private func missing(_ wasThere: Bool) -> WaitGoal.Finding {
        switch goal {
        case .deletion: .met(wasThere ? "is deleted" : "does not exist")
        case .creation: .unmet("does not exist yet")
        case .condition, .field: .unmet(wasThere ? "was deleted" : "does not exist")
        }
    }

    /// Those that were there at the first look and aren't any more.
    private mutating func addGone(_ known: JSONObject) {
        let listed = Set(rows.map(\.object))
        for key in known.keys.sorted() where !listed.contains(key) {
            let isReplaced = uids[key] != nil
            let text = isReplaced ? "was deleted; a new one has the same name" : "is deleted"
            rows.append(Row(object: key, finding: .met(text)))
        }
    }

    /// A change of one object is worth a look where it has what is waited for, or never will.
    private func watch(_ query: GetQuery, from version: String?, redactor: Redactor) throws -> WaitWatch {
        let goal = goal
        return WaitWatch(
            resource: query.resource, namespace: query.namespace,
            labelSelector: try query.selection.labels.map { try LabelSelector(parsing: $0) },
            fieldSelector: query.name.map { FieldSelector.name($0).description } ?? query.selection.fields,
            resourceVersion: version,
            progress: { event in
                switch event {
                case .added(let object), .modified(let object):
                    "\(Self.key(object, query)): \(goal.finding(redactor.redact(object)).text)"
                case .deleted(let object): "\(Self.key(object, query)) was deleted"
                case .bookmark, .error: nil
                }
            }
        ) { event in
            switch event {
            case .deleted: true
            case .added(let object), .modified(let object): !goal.finding(redactor.redact(object)).isPending
            case .bookmark, .error: false
            }
        }
    }

    /// - Returns: with the version from which on they can be watched; nil where there is nothing yet.
    private mutating func objects(
        _ query: GetQuery, isFirst: Bool, in context: ToolContext
    ) async throws -> ([KubeObject], version: String?) {
        if let name = query.name {
            // A name that was never there is more often a wrong one.
            if isFirst, goal != .creation, goal != .deletion {
                let object = try await context.object(query.match, namespace: query.namespace, name: name)
                return ([object], object.resourceVersion)
            }
            do {
                let found = try await context.api.find(query.resource, namespace: query.namespace, name: name)
                return (found.map { [$0] } ?? [], found?.resourceVersion)
            } catch let denied as PermissionDenied {
                throw try await context.denied(denied, namespace: query.namespace)
            }
        }
        let options = ListOptions(
            labelSelector: try query.selection.labels.map { try LabelSelector(parsing: $0) },
            fieldSelector: query.selection.fields)
        let listed = try await context.objects(
            of: query.resource, namespace: query.namespace, options: options, maximum: WaitTool.maximum)
        if !listed.isComplete { isComplete = false }
        let items = listed.items.prefix(WaitTool.maximum).map { object in
            var object = object
            // An item of a list doesn't say what it is.
            object.json["kind"] = .string(query.resource.kind)
            object.json["apiVersion"] = .string(query.resource.apiVersion)
            return object
        }
        return (items, listed.resourceVersion)
    }

    private static func text(_ query: GetQuery) -> String {
        let place = query.namespace.map { " in \($0)" } ?? ""
        if let name = query.name { return "\(query.resource.singular)/\(name)\(place)" }
        return "\(query.resource.plural)\(query.selectors.map { " with \($0)" } ?? "")\(place)"
    }

    private static func key(_ object: KubeObject, _ query: GetQuery) -> String {
        key(query, namespace: object.namespace, name: object.name)
    }

    private static func key(_ query: GetQuery, namespace: String?, name: String) -> String {
        "\(query.resource.singular)/\(name)" + (query.spansNamespaces ? namespace.map { " in \($0)" } ?? "" : "")
    }

    // MARK: What comes of it

    var title: String { "\(goal.title) of \(subject)" }

    /// Whether there is nothing to wait for any more.
    var isOver: Bool {
        // Of what is to be deleted, nothing is left to wait for; anything else may come.
        guard !rows.isEmpty else { return goal == .deletion }
        return rows.allSatisfy(\.finding.isMet) && isComplete
            || rows.contains { if case .impossible = $0.finding { true } else { false } }
    }

    var memory: JSONValue? { uids.isEmpty ? nil : .object(uids) }

    /// What is missing, in a line.
    var progress: String {
        let missing = rows.filter { !$0.finding.isMet }
        guard let first = missing.first else { return "nothing there yet" }
        let count = rows.count > 1 ? "\(rows.count - missing.count) of \(rows.count) are as wanted; " : ""
        return "\(count)\(first.object): \(first.finding.text)"
    }

    func text(after waited: WaitProgress?, of seconds: Int, asked: Int) -> String {
        let met = rows.count { $0.finding.isMet }
        var lines: [String] = []
        let time = waited.map { " after \(Int($0.seconds.rounded())) s" } ?? ""
        if rows.isEmpty {
            lines.append(
                goal == .deletion
                    ? "Nothing to wait for: there are no \(subject)."
                    : "The time was up after \(seconds) s: there are no \(subject).")
        } else if met == rows.count, isComplete {
            lines.append("Met\(time): \(title).")
        } else if !isOver {
            lines.append("The time was up after \(seconds) s, and \(met) of \(rows.count) are as wanted: \(title).")
        } else {
            lines.append("Given up\(time), \(met) of \(rows.count) are as wanted: \(title).")
        }
        if asked > seconds { lines.append("(The longest wait is \(seconds) s; call again to go on waiting.)") }
        if !isComplete { lines.append("(More than \(WaitTool.maximum) objects: narrow the list.)") }
        guard !rows.isEmpty else { return lines.joined(separator: "\n") }
        // What is missing is read first.
        let ordered = rows.filter { !$0.finding.isMet } + rows.filter(\.finding.isMet)
        let cells = ordered.map { [$0.object, $0.finding.isMet ? "yes" : "no", $0.finding.text] }
        return (lines + TextColumns.align([["OBJECT", "MET", "STATE"]] + cells)).joined(separator: "\n")
    }
}
