import Concurrency
import ConversationAccess
import KubeClient
import KubeModel
import MCP
import SkyfloAPI
import ToolKit
import Writes

/// The tools with which an MCP client is a person towards the operator: it asks, looks, decides, stops and takes back, with
/// that person's rights and nothing else. Whatever changes the cluster goes through a Conversation and its gate.
struct ConversationTools: Sendable {
    let api: any KubeAPI
    /// As the API server knows the caller; nil where it can't say.
    let user: String?
    let namespace: String
    let options: ClusterFeatures.Options
    let now: @Sendable () -> KubeTime

    static let fieldManager = "skyflo-mcp"

    enum Name: String, CaseIterable {
        case ask = "conversation_ask"
        case get = "conversation_get"
        case wait = "conversation_wait"
        case list = "conversation_list"
        case approvals = "approvals_list"
        case decide = "approval_decide"
        case stop = "conversation_stop"
        case undo = "changes_undo"

        var onlyReads: Bool { [.get, .wait, .list, .approvals].contains(self) }
    }

    func call(
        _ name: Name, arguments: JSONObject, client: String?, progress: ProgressReporter
    ) async throws -> ToolResult {
        do {
            let arguments = try Self.parameters(of: name).check(JSONWriter.string(.object(arguments)))
            let conversations = ConversationClient(
                api: api, namespace: arguments.string("namespace") ?? namespace, fieldManager: Self.fieldManager)
            switch name {
            case .ask: return try await ask(arguments, client: client, in: conversations, progress: progress)
            case .get: return Self.result(ConversationView(try await conversations.get(Self.conversation(arguments))))
            case .wait:
                let conversation = try await conversations.get(Self.conversation(arguments))
                return try await follow(
                    conversation, turn: conversation.currentTurn, seconds: arguments.integer("wait_seconds") ?? 60,
                    progress: progress)
            case .list: return try await list(arguments, onlyPending: arguments.bool("pending_only"))
            case .approvals: return try await approvals(arguments)
            case .decide: return try await decide(arguments, in: conversations)
            case .stop:
                let resume = arguments.bool("resume")
                let conversation = try await conversations.setStop(!resume, of: Self.conversation(arguments))
                return ToolResult(
                    text: resume
                        ? "Conversation \(conversation.object.name) takes up its next message."
                        : "Conversation \(conversation.object.name) is stopped: nothing that was approved runs from now on.",
                    structured: ConversationView(conversation).json)
            case .undo: return try await undo(arguments, in: conversations)
            }
        } catch let error as RPCError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            return .failure(ToolFailure(describing: error).message)
        }
    }

    private static func conversation(_ arguments: ToolArguments) throws -> String {
        try arguments.requiredString("conversation")
    }

    private static func result(_ view: ConversationView) -> ToolResult {
        ToolResult(text: view.text, structured: view.json)
    }

    // MARK: Asking

    private func ask(
        _ arguments: ToolArguments, client: String?, in conversations: ConversationClient, progress: ProgressReporter
    ) async throws -> ToolResult {
        let text = try arguments.requiredString("text")
        let asked: Conversation
        let turn: Int
        if let name = arguments.string("conversation") {
            guard try await !conversations.get(name).spec.stop else {
                throw ToolFailure("conversation \(name) is stopped; first resume it with conversation_stop")
            }
            let id = now().microTime
            asked = try await conversations.addFollowUp(text, id: id, to: name, annotations: origin(client))
            turn = asked.turn(ofFollowUp: id) ?? asked.currentTurn
        } else {
            asked = try await conversations.create(newConversation(text, arguments: arguments, client: client))
            turn = 1
        }
        return try await follow(
            asked, turn: turn, seconds: arguments.integer("wait_seconds") ?? 60, progress: progress)
    }

    private func newConversation(_ text: String, arguments: ToolArguments, client: String?) -> KubeObject {
        let namespace = arguments.string("namespace") ?? namespace
        var object = KubeObject(.conversations, namespace: namespace, name: "", members: [:])
        object["metadata"] = ["generateName": "ask-", "namespace": .string(namespace)]
        object["spec"] = .compact([
            "messages": [["content": .string(text)]],
            "serviceAccountName": arguments.string("service_account").map(JSONValue.string),
            "approval": options.isReadOnly || arguments.bool("read_only") ? ["mode": "ReadOnly"] : nil,
        ])
        if let user { object.annotations[SkyfloGroup.creatorAnnotation] = user }
        for (key, value) in origin(client) { object.annotations[key] = value }
        return object
    }

    /// Who asked, by which program: shown beside the conversation, and a reason not to let the same program decide.
    private func origin(_ client: String?) -> [String: String] {
        [Self.originAnnotation: "mcp" + (client.map { " (\($0))" } ?? "")]
    }

    static let originAnnotation = "skyflo.ai/asked-through"

    // MARK: Looking

    /// Waits until the turn ended or a person has to decide, or until the time is up.
    private func follow(
        _ conversation: Conversation, turn: Int, seconds: Int, progress: ProgressReporter
    ) async throws -> ToolResult {
        let view = ConversationView(conversation, turn: turn)
        guard view.state == .running, seconds > 0 else { return Self.result(view) }
        let watcher = ConversationWatcher(api: api, key: conversation.key, turn: turn)
        let work: @Sendable () async throws -> ConversationView = {
            try await watcher.settled(from: conversation, progress: progress)
        }
        if let seen = try await withDeadline(.now + .seconds(seconds), work: work) { return Self.result(seen) }
        let conversations = ConversationClient(api: api, namespace: conversation.namespace)
        return Self.result(ConversationView(try await conversations.get(conversation.object.name), turn: turn))
    }

    private func conversations(_ arguments: ToolArguments) async throws -> [Conversation] {
        let place = arguments.bool("all_namespaces") ? nil : arguments.string("namespace") ?? namespace
        let found = try await api.listAll(.conversations, namespace: place).items
        return found.sorted { $0.isNewer(than: $1) }.map(Conversation.init)
    }

    private static let listLimit = 100

    private func list(_ arguments: ToolArguments, onlyPending: Bool) async throws -> ToolResult {
        let found = try await conversations(arguments).filter { !onlyPending || !$0.pendingApprovals.isEmpty }
        let lines = found.prefix(Self.listLimit).map { item in
            let waits = item.pendingApprovals.isEmpty ? "" : ", \(item.pendingApprovals.count) to decide"
            return "\(item.namespace)/\(item.object.name): \(item.status.phase?.rawValue ?? "Pending")\(waits)"
                + (item.status.title.map { ", \($0)" } ?? "")
        }
        let rest = found.count > lines.count ? ["… and \(found.count - lines.count) older ones"] : []
        return ToolResult(text: lines.isEmpty ? "No conversations." : (lines + rest).joined(separator: "\n"))
    }

    private func approvals(_ arguments: ToolArguments) async throws -> ToolResult {
        let waiting = try await conversations(arguments).filter { !$0.pendingApprovals.isEmpty }
        let texts = waiting.prefix(Self.listLimit).map { item in
            (["\(item.namespace)/\(item.object.name)"] + item.pendingApprovals.map { ApprovalView(entry: $0).text })
                .joined(separator: "\n")
        }
        let entries: [JSONValue] = waiting.prefix(Self.listLimit).flatMap { item in
            item.pendingApprovals.map { entry in
                var json = ApprovalView(entry: entry).json
                json["conversation"] = .string(item.object.name)
                json["namespace"] = .string(item.namespace)
                return json
            }
        }
        return ToolResult(
            text: texts.isEmpty ? "Nothing waits for a decision." : texts.joined(separator: "\n\n"),
            structured: ["approvals": .array(entries)])
    }

    // MARK: Deciding

    private func decide(_ arguments: ToolArguments, in conversations: ConversationClient) async throws -> ToolResult {
        let name = try Self.conversation(arguments)
        let decision: Approval.Decision =
            try arguments.requiredString("decision") == "Approved" ? .approved : .denied
        let conversation = try await conversations.get(name)
        if decision == .approved { try refuseOwn(conversation) }
        let id = try arguments.requiredString("call")
        let digest = try arguments.requiredString("digest")
        let entry: PendingApproval
        do throws(PendingApproval.Refusal) {
            entry = try PendingApproval(id, shownAs: digest, for: decision, in: conversation)
        } catch {
            throw Self.failure(error, on: id, in: conversation)
        }
        let decided = try await conversations.decide(
            decision, on: [entry], of: name, uid: conversation.uid, reason: arguments.string("reason"))
        return ToolResult(
            text: "\(id) of conversation \(name) is \(decision.rawValue.lowercased()). "
                + "conversation_wait shows what comes of it.",
            structured: ConversationView(decided, turn: conversation.status.turn).json)
    }

    private static func failure(
        _ refusal: PendingApproval.Refusal, on id: String, in conversation: Conversation
    ) -> ToolFailure {
        switch refusal {
        case .notPending:
            let state = conversation.status.calls[id].map { ": it is \($0.state.rawValue)" } ?? ""
            return ToolFailure("\(id) of conversation \(conversation.object.name) does not wait for a decision\(state)")
        case .moved(let digest):
            return ToolFailure(
                "the digest isn't that of what waits now, \(digest); nothing was decided. "
                    + "Show the person what waits now, and ask again")
        case .altered:
            return ToolFailure("\(id) was changed after the operator wrote it; nothing was decided")
        }
    }

    /// Who asks through a program doesn't approve through it: the program, or the model in it, would be the only one that
    /// ever looked.
    private func refuseOwn(_ conversation: Conversation) throws {
        guard !options.allowsOwnApprovals, conversation.object.annotations[Self.originAnnotation] != nil,
            user == nil || conversation.creator == nil || conversation.creator == user
        else { return }
        let name = conversation.object.name
        throw ToolFailure(
            "this conversation was asked through MCP by the same user, whose approval through MCP isn't accepted. "
                + "The person decides by: kubectl skyflo approve \(name) -n \(conversation.namespace)")
    }

    private func undo(_ arguments: ToolArguments, in conversations: ConversationClient) async throws -> ToolResult {
        let name = try Self.conversation(arguments)
        let conversation = try await conversations.get(name)
        let changes = arguments.list("changes")
        for id in changes {
            guard conversation.status.changes.contains(where: { $0.id == id }) else {
                let ids = conversation.status.changes.map(\.id).sorted(by: CallOrder.precedes)
                throw ToolFailure(
                    "conversation \(name) has no change \(id); its changes: \(ids.joined(separator: ", "))")
            }
            guard !conversation.spec.undo.contains(id) else {
                throw ToolFailure("the undo of \(id) was already requested")
            }
        }
        let patched = try await conversations.undo(changes, of: name)
        return ToolResult(
            text: "The undo of \(changes.joined(separator: ", ")) is requested. Each waits for an approval of its own: "
                + "conversation_wait shows it.",
            structured: ConversationView(patched).json)
    }
}

extension KubeObject {
    fileprivate func isNewer(than other: KubeObject) -> Bool {
        guard let at = creationTimestamp else { return false }
        return other.creationTimestamp.map { at > $0 } ?? true
    }
}

/// Looks at one conversation until its turn is settled.
private struct ConversationWatcher: Sendable {
    let api: any KubeAPI
    let key: ObjectKey
    let turn: Int

    /// Of one watch; a connection that died in silence isn't believed in for longer.
    private static let watchSeconds = 120

    func settled(from first: Conversation, progress: ProgressReporter) async throws -> ConversationView {
        var conversation = first
        var reports = 0
        var last = ""
        while true {
            let options = WatchOptions(
                resourceVersion: conversation.object.resourceVersion, fieldSelector: "metadata.name=\(key.name)",
                timeoutSeconds: Self.watchSeconds)
            let settled: ConversationView? = try await api.watch(
                .conversations, namespace: key.namespace, options: options
            ) { events in
                while let event = try await events.next() {
                    guard let view = try seen(in: event) else { continue }
                    guard view.state == .running else { return view }
                    guard view.progress != last else { continue }
                    last = view.progress
                    reports += 1
                    progress.report(reports, last)
                }
                return nil
            }
            if let settled { return settled }
            conversation = Conversation(
                try await api.get(.conversations, namespace: key.namespace ?? "", name: key.name))
            let view = ConversationView(conversation, turn: turn)
            guard view.state == .running else { return view }
        }
    }

    private func seen(in event: WatchEvent) throws -> ConversationView? {
        switch event {
        case .added(let object), .modified(let object): return ConversationView(Conversation(object), turn: turn)
        case .deleted: throw ToolFailure("the conversation was deleted")
        case .error(let status): throw status
        case .bookmark: return nil
        }
    }
}
