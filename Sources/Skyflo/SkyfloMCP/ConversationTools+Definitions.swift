import KubeModel
import MCP
import ToolKit

extension ConversationTools {
    /// In the order in which a client lists them.
    static func definitions(isReadOnly: Bool) -> [ServedTool] {
        Name.allCases.map { name in
            ServedTool(
                name: name.rawValue, title: title(of: name), description: description(of: name, isReadOnly: isReadOnly),
                inputSchema: parameters(of: name).jsonSchema, outputSchema: outputSchema(of: name),
                annotations: [
                    "title": .string(title(of: name)), "readOnlyHint": .bool(name.onlyReads),
                    // An approval lets anything happen that was shown.
                    "destructiveHint": .bool(name == .decide), "idempotentHint": .bool(name.onlyReads || name == .stop),
                    "openWorldHint": .bool(name == .ask || name == .decide),
                ])
        }
    }

    private static func outputSchema(of name: Name) -> JSONValue? {
        switch name {
        case .list: nil
        case .approvals:
            [
                "type": "object", "properties": ["approvals": ["type": "array", "items": ApprovalView.schema]],
                "required": ["approvals"],
            ]
        default: ConversationView.schema
        }
    }

    private static func title(of name: Name) -> String {
        switch name {
        case .ask: "Ask the Co-pilot"
        case .get: "Show a Conversation"
        case .wait: "Wait for a Conversation"
        case .list: "List Conversations"
        case .approvals: "List What Waits for a Decision"
        case .decide: "Approve or Deny a Change"
        case .stop: "Stop or Resume a Conversation"
        case .undo: "Ask to Take Changes Back"
        }
    }

    private static func description(of name: Name, isReadOnly: Bool) -> String {
        switch name {
        case .ask:
            isReadOnly
                ? "Ask in plain language, in a new conversation or as the next message of one. It only reads: this "
                    + "server is read-only."
                : "Ask in plain language, in a new conversation or as the next message of one. The only way to change "
                    + "something: it returns each change as a pending approval with its diff, and nothing is changed "
                    + "before a person has approved it. Show the diff to the person."
        case .get: "How a conversation stands: answer, plan, what waits for a decision, checks, changes."
        case .wait: "Wait until the turn of a conversation ended or a person has to decide, at most wait_seconds."
        case .list: "The conversations of a namespace, newest first, with how each stands."
        case .approvals: "Every change that waits for a decision, whole: exact requests, diff, risk, warnings, digest."
        case .decide:
            "Write the person's decision on one pending change, exactly as it was shown. Only call it when the person "
                + "has seen the diff and said so in their own words; never decide for them."
        case .stop: "Stop a conversation at once: nothing that was approved runs afterwards. Or let it go on."
        case .undo: "Ask to take back changes that a conversation made. Each is previewed and waits for an approval."
        }
    }

    private static let namespace = ToolParameter.optional(
        "namespace", kind: .string(.namespace), description: "Default: the namespace of the connection")
    private static let conversation = ToolParameter.required(
        "conversation", kind: .string(.objectName), description: "Name of the conversation")
    private static let waitSeconds = ToolParameter.optional(
        "wait_seconds", kind: .integer(0...240), default: 60,
        description: "How long to wait for the answer or for something to decide")

    static func parameters(of name: Name) -> ToolParameters {
        switch name {
        case .ask:
            ToolParameters([
                .required("text", kind: .string(.text(maximum: 16_000)), description: "What to ask or to have done"),
                .optional(
                    "conversation", kind: .string(.objectName), description: "Go on with this one; default: a new one"),
                namespace,
                .optional(
                    "service_account", kind: .string(.objectName),
                    description: "Of a new conversation: as which ServiceAccount its tools act; default: default"),
                .optional(
                    "read_only", kind: .boolean, default: false, description: "Of a new conversation: no changes"),
                waitSeconds,
            ])
        case .get: ToolParameters([conversation, namespace])
        case .wait: ToolParameters([conversation, namespace, waitSeconds])
        case .list:
            ToolParameters([
                namespace, allNamespaces,
                .optional(
                    "pending_only", kind: .boolean, default: false, description: "Only those that wait for a decision"),
            ])
        case .approvals: ToolParameters([namespace, allNamespaces])
        case .decide:
            ToolParameters([
                conversation, namespace,
                .required("call", kind: .string(.text(maximum: 64)), description: "Id of the pending call, as c1"),
                .required("decision", kind: .choice(["Approved", "Denied"]), description: "What the person said"),
                .required(
                    "digest", kind: .string(.text(maximum: 80)), description: "Of the change as it was shown, sha256:…"),
                .optional("reason", kind: .string(.text(maximum: 1024)), description: "In the person's words"),
            ])
        case .stop:
            ToolParameters([
                conversation, namespace,
                .optional("resume", kind: .boolean, default: false, description: "Let it go on instead"),
            ])
        case .undo:
            ToolParameters([
                conversation, namespace,
                .required(
                    "changes", kind: .string(.text(maximum: 1000)), description: "Ids of the changes, comma-separated"),
            ])
        }
    }

    private static let allNamespaces = ToolParameter.optional(
        "all_namespaces", kind: .boolean, default: false, description: "Look in all namespaces")
}
