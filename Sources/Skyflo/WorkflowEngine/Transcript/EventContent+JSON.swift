import KubeModel
import SkyfloAPI

// What events have in them, as it lies in the transcript.

extension ModelTurn: JSONRecord {
    package init() { self.init(content: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&content, as: "content")
        members.code(&finish, as: "finish")
        members.code(&calls, as: "calls")
        members.code(&usage, as: "usage")
        members.code(&failedUsage, as: "failedUsage", omitting: Usage())
        members.code(&timeToFirstToken, as: "timeToFirstTokenMilliseconds")
        members.code(&timeToRespond, as: "timeToRespondMilliseconds")
        members.code(&providerData, as: "providerData")
        members.code(&isCallAsText, as: "isCallAsText", omitting: false)
        members.code(&context, as: "context")
    }
}

extension ContextUse: JSONRecord {
    package init() { self.init(model: "", bytes: 0) }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&model, as: "model")
        members.code(&bytes, as: "bytes")
        members.code(&window, as: "window")
        members.code(&leftOut, as: "leftOut")
        members.code(&promptVersion, as: "promptVersion")
        members.code(&runbooks, as: "runbooks", omitting: [])
    }
}

extension ModelTurn.Call: JSONRecord {
    package init() { self.init(modelID: "", tool: "", arguments: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&modelID, as: "modelID")
        members.code(&tool, as: "tool")
        members.code(&arguments, as: "arguments")
        members.code(&providerData, as: "providerData")
    }
}

extension ModelTurn.Usage: JSONRecord {
    package init() { self.init(prompt: 0) }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&prompt, as: "prompt")
        members.code(&completion, as: "completion")
        members.code(&cached, as: "cached")
        members.code(&reasoning, as: "reasoning")
        members.code(&cost, as: "cost", omitting: 0)
        members.code(&estimated, as: "estimated", omitting: Estimated())
    }
}

extension ModelTurn.Usage.Estimated: JSONRecord {
    package init() { self.init(prompt: 0) }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&prompt, as: "prompt", omitting: 0)
        members.code(&completion, as: "completion", omitting: 0)
        members.code(&cost, as: "cost", omitting: 0)
    }
}

extension ArgumentReference: JSONRecord {
    package init() { self.init(argument: "", call: "", tool: "", path: "", value: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&argument, as: "argument")
        members.code(&call, as: "call")
        members.code(&tool, as: "tool")
        members.code(&path, as: "path", omitting: "")
        members.code(&value, as: "value")
    }
}

/// Unreadable without its end.
extension CallWait: JSONRecord {
    package init() { self.init(title: "", until: KubeTime(microseconds: 0), isWatched: false) }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&title, as: "title")
        var end = MicroTime(until)
        members.require(&end, as: "until")
        until = end.time
        members.code(&isWatched, as: "isWatched", omitting: false)
        members.code(&memory, as: "memory")
    }
}

/// Unreadable without a digest and an expiry.
extension ApprovalRequest: JSONRecord {
    package init() {
        self.init(
            summary: "", risk: "", warnings: [], preview: "", requests: [], postConditions: [], digest: "",
            expiresAt: KubeTime(microseconds: 0))
    }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&summary, as: "summary")
        members.code(&risk, as: "risk")
        members.code(&warnings, as: "warnings")
        members.code(&preview, as: "preview")
        members.code(&wholePreview, as: "wholePreview")
        members.code(&requests, as: "requests")
        members.code(&postConditions, as: "postConditions")
        members.require(&digest, as: "digest")
        var expiry = MicroTime(expiresAt)
        members.require(&expiry, as: "expiresAt")
        expiresAt = expiry.time
        var targets = labels.map { Labels(labels: $0) }
        members.code(&targets, as: "labels")
        labels = targets.map(\.labels)
        members.code(&changes, as: "changes")
        members.code(&touches, as: "touches", omitting: [])
        members.code(&shown, as: "shown")
        members.code(&references, as: "references", omitting: [])
    }

    /// Of a target as it was; null for one that wasn't there.
    private struct Labels: JSONCodable {
        var labels: [String: String]?

        init(labels: [String: String]?) { self.labels = labels }

        init?(json: JSONValue) { labels = [String: String](json: json) }

        var json: JSONValue { labels?.json ?? .null }
    }
}

extension ApprovalRequest.Shown: JSONRecord {
    package init() { self.init(arguments: "", requests: [], fingerprint: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&arguments, as: "arguments")
        members.code(&requests, as: "requests")
        members.code(&fingerprint, as: "fingerprint")
    }
}

extension Decision: JSONRecord {
    package init() { self.init(approved: false, by: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&approved, as: "approved")
        members.code(&by, as: "by")
        members.code(&reason, as: "reason")
        members.code(&rule, as: "rule")
    }
}

/// Unreadable where it isn't known how the turn ended. Why it did may be something that only a later version knows.
extension TurnEnd: JSONRecord {
    package init() { self.init(.failed, reason: .internalError) }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&kind, as: "kind")
        members.code(&reason, as: "reason")
        members.code(&message, as: "message")
        members.code(&answer, as: "answer")
    }
}

extension WriteOutcome {
    private enum Name: String, JSONCodable {
        case applied = "Applied"
        case failed = "Failed"
        case stale = "Stale"
        case rejected = "Rejected"
        case postponed = "Postponed"
        case notDone = "NotDone"
        case unknown = "Unknown"
    }

    /// - Parameter hasUID: that of the object is part of it; of writes that are no steps it's an event of its own.
    mutating func code(_ members: inout JSONMembers, hasUID: Bool) {
        var (name, message, uid) = parts
        members.require(&name, as: "outcome")
        members.code(&message, as: "message")
        if hasUID { members.code(&uid, as: "uid", omitting: "") }
        switch name {
        case .applied: self = .applied(message, uid: uid)
        case .failed: self = .failed(message)
        case .stale: self = .stale(message)
        case .rejected: self = .rejected(message)
        case .postponed: self = .postponed(message)
        case .notDone: self = .notDone
        case .unknown: self = .unknown(message)
        }
    }

    private var parts: (name: Name, message: String, uid: String) {
        switch self {
        case .applied(let text, let uid): (.applied, text, uid)
        case .failed(let text): (.failed, text, "")
        case .stale(let text): (.stale, text, "")
        case .rejected(let text): (.rejected, text, "")
        case .postponed(let text): (.postponed, text, "")
        case .notDone: (.notDone, "", "")
        case .unknown(let text): (.unknown, text, "")
        }
    }
}
