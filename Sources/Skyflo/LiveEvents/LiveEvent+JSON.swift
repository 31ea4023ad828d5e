import KubeModel
import SkyfloAPI

/// The events as JSON. Names and members are those that the web client of the reference system dispatches on where it has
/// such an event, and more; readers ignore members and events that they don't know.
extension LiveEvent {
    private enum Member {
        static let type = "type"
        static let number = "number"
        static let at = "timestamp"
    }

    package var kind: Kind { content.kind }

    package var json: JSONValue {
        var members = JSONMembers()
        var (kind, number, content) = (kind, number, content)
        members.require(&kind, as: Member.type)
        members.require(&number, as: Member.number)
        content.code(&members)
        // Milliseconds, as browsers count.
        if let at { members.write(Int(at.microseconds / 1000), as: Member.at) }
        return .object(members.written)
    }

    /// nil for what isn't an event that this version knows.
    package init?(json: JSONValue) {
        var members = JSONMembers(reading: json)
        var (kind, number) = (Kind.state, EventNumber.zero)
        members.require(&kind, as: Member.type)
        members.require(&number, as: Member.number)
        guard members.isReadable else { return nil }
        var content = Content.blank(kind)
        content.code(&members)
        let milliseconds = json[Member.at]?.int
        self.init(number, at: milliseconds.map { KubeTime(microseconds: Int64(clamping: $0) &* 1000) }, content)
    }
}

extension LiveEvent.Content {
    fileprivate mutating func code(_ members: inout JSONMembers) {
        if !codeReply(&members), !codeCall(&members), !codeDecision(&members) { codeTurn(&members) }
    }

    private mutating func codeTurn(_ members: inout JSONMembers) {
        switch self {
        case .turnStarted(var turn, var message):
            members.code(&turn, as: "turn")
            members.code(&message, as: "message")
            self = .turnStarted(turn: turn, message: message)
        case .undoStarted(var changes):
            members.code(&changes, as: "changes")
            self = .undoStarted(changes: changes)
        case .state(var phase):
            members.code(&phase, as: "phase")
            self = .state(phase: phase)
        case .plan(var steps):
            members.code(&steps, as: "steps")
            self = .plan(steps)
        case .completed(var result):
            result.code(&members)
            self = .completed(result)
        case .failed(var result):
            result.code(&members)
            members.write(result.message, as: "error")
            self = .failed(result)
        case .takenOver(var worker, var after):
            members.code(&worker, as: "worker")
            members.code(&after, as: "after")
            self = .takenOver(worker: worker, after: after)
        case .restored(var note):
            members.code(&note, as: "note")
            self = .restored(note: note)
        default: break
        }
    }

    /// - Returns: false for an event of another kind, as the others below.
    private mutating func codeReply(_ members: inout JSONMembers) -> Bool {
        switch self {
        case .token(var text, var count):
            members.code(&text, as: "text")
            members.code(&count, as: "tokens_generated")
            self = .token(text, count: count)
        case .thinking(var text):
            members.code(&text, as: "text")
            self = .thinking(text)
        case .generationStarted(var model, var tools):
            members.code(&model, as: "model")
            members.code(&tools, as: "tools_available")
            self = .generationStarted(model: model, tools: tools)
        case .firstToken(var milliseconds):
            members.code(&milliseconds, as: "duration")
            self = .firstToken(milliseconds: milliseconds)
        case .thinkingEnded(var text, var milliseconds):
            members.code(&text, as: "content")
            members.code(&milliseconds, as: "duration_ms")
            self = .thinkingEnded(text: text, milliseconds: milliseconds)
        case .tokensRetracted(var reason):
            members.code(&reason, as: "reason")
            self = .tokensRetracted(reason: reason)
        case .toolCallBegan(var tool):
            members.code(&tool, as: "tool")
            self = .toolCallBegan(tool: tool)
        case .modelWaits(var reason, let seconds, var restarts):
            var milliseconds = Int(min(max(seconds, 0), 1e9) * 1000)
            members.code(&reason, as: "error")
            members.code(&milliseconds, as: "retry_in_ms")
            members.write(Int(milliseconds / 1000), as: "retry_in")
            members.code(&restarts, as: "restarts")
            self = .modelWaits(reason: reason, seconds: Double(milliseconds) / 1000, restarts: restarts)
        case .generationEnded(var end):
            end.code(&members)
            self = .generationEnded(end)
        case .usage(var counts):
            counts.code(&members)
            self = .usage(counts)
        case .modelFailed(var message):
            members.code(&message, as: "error")
            self = .modelFailed(message: message)
        default: return false
        }
        return true
    }

    private mutating func codeCall(_ members: inout JSONMembers) -> Bool {
        switch self {
        case .callsProposed(var calls):
            members.code(&calls, as: "tools")
            self = .callsProposed(calls)
        case .callStarted(var start):
            start.call.code(&members)
            members.code(&start.isWrite, as: "writes")
            self = .callStarted(start)
        case .callProgress(var progress):
            progress.code(&members)
            self = .callProgress(progress)
        case .callSucceeded(var call, var tool, var result):
            members.code(&call, as: "call_id")
            members.code(&tool, as: "tool")
            members.code(&result, as: "result")
            self = .callSucceeded(call: call, tool: tool, result: result)
        case .callFailed(var call, var tool, var error):
            members.code(&call, as: "call_id")
            members.code(&tool, as: "tool")
            members.code(&error, as: "error")
            self = .callFailed(call: call, tool: tool, error: error)
        case .verified(var call, var checks):
            members.code(&call, as: "call_id")
            members.code(&checks, as: "checks")
            self = .verified(call: call, checks)
        default: return false
        }
        return true
    }

    private mutating func codeDecision(_ members: inout JSONMembers) -> Bool {
        switch self {
        case .approvalRequired(var notice):
            notice.code(&members)
            self = .approvalRequired(notice)
        case .approved(var notice):
            notice.code(&members)
            self = .approved(notice)
        case .denied(var notice):
            notice.code(&members)
            self = .denied(notice)
        case .approvalWithdrawn(var call, var reason):
            members.code(&call, as: "call_id")
            members.code(&reason, as: "reason")
            self = .approvalWithdrawn(call: call, reason: reason)
        case .approvalExpired(var call):
            members.code(&call, as: "call_id")
            self = .approvalExpired(call: call)
        default: return false
        }
        return true
    }
}

// MARK: - What events are made of

extension GenerationEnd: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&model, as: "model")
        members.code(&content, as: "content")
        members.code(&toolCalls, as: "tool_calls")
        members.code(&finish, as: "finish")
    }
}

extension TokenCounts: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.write("main", as: "source")
        members.code(&model, as: "model")
        members.code(&prompt, as: "prompt_tokens")
        members.code(&completion, as: "completion_tokens")
        // What a server sends may be anything.
        members.write(prompt &+ completion, as: "total_tokens")
        members.code(&cached, as: "cached_tokens")
        members.code(&reasoning, as: "reasoning_tokens")
        members.code(&estimated, as: "estimated_tokens", omitting: 0)
    }
}

extension ProposedCall: JSONRecord {
    package init() { self.init(id: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&id, as: "call_id")
        members.code(&tool, as: "tool")
        // A model may have written what is no JSON.
        var value = (try? JSONParser.parse(arguments)) ?? .string(arguments)
        members.code(&value, as: "args")
        arguments = value.string ?? JSONWriter.string(value)
    }
}

extension CallProgress: JSONRecord {
    package init() { self.init(call: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&call, as: "call_id")
        members.code(&tool, as: "tool")
        members.code(&message, as: "message")
        members.code(&step, as: "step")
        members.code(&steps, as: "steps")
        members.code(&until, as: "until")
        members.code(&output, as: "output")
    }
}

extension ApprovalNotice: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        call.code(&members)
        members.code(&summary, as: "summary")
        members.code(&risk, as: "risk")
        members.code(&warnings, as: "warnings")
        members.code(&preview, as: "preview")
        members.code(&digest, as: "digest")
        members.code(&expiresAt, as: "expires_at")
    }
}

extension DecisionNotice: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&call, as: "call_id")
        members.code(&tool, as: "tool")
        members.code(&by, as: "decided_by")
        members.code(&reason, as: "reason")
    }
}

extension TurnResult: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&status, as: "status")
        members.code(&reason, as: "reason")
        members.code(&message, as: "message")
        members.code(&answer, as: "answer")
        members.code(&milliseconds, as: "duration_ms")
    }
}
