import KubeModel
import SkyfloAPI

/// How turns end, and what people read of it first.
extension WorkflowStateMachine {
    /// Whether the next reply is asked for without tools: it is the last that a limit allows, or the model goes in circles. The
    /// turn then ends with an answer from what is known, instead of with none.
    package var asksForAnswer: Bool {
        guard isRunning, !isUndoing else { return false }
        return modelTurns + 1 >= policy.limits.modelTurns || toolCalls >= policy.limits.toolCalls || goesInCircles
    }

    /// The call of this turn that was the same as this one and that a person denied, and what was said; nil where there is none.
    package func denial(of call: Call) -> (call: String, result: String)? { repeatedCalls.denial(of: call) }

    var goesInCircles: Bool { repeatedCalls.repliesWithoutProgress >= RepeatedCalls.idleReplies }

    /// What the model is told with the request for the last reply; nil where it isn't the last.
    package var noteForLastReply: String? {
        guard asksForAnswer else { return nil }
        let why = goesInCircles ? "your last calls brought nothing new" : "the limit of this turn is reached"
        return
            "(No more tools in this turn: \(why). Answer the user now from what is known: what was found, what was changed "
            + "and what its checks said, and what is left to do. Don't announce further steps.)"
    }

    /// Why there is no answer after all replies that the limits allow.
    var endWithoutAnswer: TurnEnd {
        if goesInCircles, modelTurns < policy.limits.modelTurns {
            return TurnEnd(
                .failed, reason: .noProgress,
                message: "the model repeated calls that brought nothing new, and gave no answer when asked for one")
        }
        return TurnEnd(
            .failed, reason: .modelTurnLimit,
            message: "no answer after \(policy.limits.modelTurns) replies of the model")
    }

    /// Where the conversation may ask no model any more.
    package var endOfSpending: TurnEnd? {
        let limit = policy.spending
        if let most = limit.tokens, usage.total >= most {
            return TurnEnd(
                .failed, reason: .tokenLimit,
                message: "the conversation has used \(usage.total) tokens; its SkyfloAI allows \(most) "
                    + "(spec.limits.conversationTokens)")
        }
        if let most = limit.cost, usage.cost >= most {
            return TurnEnd(
                .failed, reason: .tokenLimit,
                message: "the conversation has cost \(ModelPrices.text(usage.cost)); its SkyfloAI allows "
                    + "\(ModelPrices.text(most)) (spec.limits.conversationCost)")
        }
        return nil
    }

    func end(with reply: ModelTurn) -> TurnEnd {
        if reply.isCallAsText { return Self.callsAsText }
        switch reply.finish {
        case .complete where !reply.content.isEmpty:
            return TurnEnd(.completed, reason: .answered, answer: reply.content)
        case .truncated where !reply.content.isEmpty:
            return TurnEnd(
                .completed, reason: .replyTruncated, message: "the answer was cut off by the model's token limit",
                answer: reply.content + "\n\n(The answer was cut off by the model's token limit.)")
        case .filtered:
            return TurnEnd(.failed, reason: .modelFailed, message: "the provider's content filter refused the reply")
        case .truncated:
            return TurnEnd(
                .failed, reason: .modelFailed,
                message:
                    "the model reached its token limit before it answered, as reasoning models do where maxTokens of the "
                    + "SkyfloAI's model is small")
        case .complete: return TurnEnd(.failed, reason: .modelFailed, message: "the model's reply is empty")
        }
    }

    private static let callsAsText = TurnEnd(
        .failed, reason: .toolCallsAsText,
        message:
            "the model writes tool calls as text, also after it was told to use the tool interface; nothing was executed. "
            + "The model or its server doesn't support tool calls: choose another model, a tool-call parser for it (vLLM: "
            + "--enable-auto-tool-choice and --tool-call-parser), or a chat template with tools (llama.cpp: --jinja)")

    /// What the model is told that wrote a call as text.
    static let callAsTextNote =
        "(That was a tool call written as text, so nothing was executed. Use the tool interface of this API to call a tool; "
        + "without a tool, answer in plain text.)"

    // MARK: What was done

    /// An end as people and the model are told of it: what the turn has changed comes first, with what the checks say, whatever
    /// the model claims and however the turn ends.
    ///
    /// An answer that says nothing else is left as it is: where every change was verified, and none that was asked for is
    /// missing.
    func reported(_ end: TurnEnd) -> TurnEnd {
        var end = end
        guard !isUndoing else { return end }
        let written = callsOfTurn.filter(\.hasWritten)
        if end.kind == .completed {
            let doubtful = written.filter { !$0.isVerified }
            let missing = missingWrites
            if !missing.isEmpty { end.answer += "\n\n**Not carried out:** " + Self.list(missing.map(\.missingReport)) }
            if !doubtful.isEmpty {
                end.answer = "**Checks:** " + Self.list(doubtful.map(\.report)) + "\n\n" + end.answer
            }
        } else if !written.isEmpty {
            end.message = "changed: " + written.map(\.report).joined(separator: "; ") + ". Then: " + end.message
        }
        return end
    }

    private static func list(_ reports: [String]) -> String {
        let most = 8
        let more = reports.count > most ? "; and \(reports.count - most) more" : ""
        return reports.prefix(most).joined(separator: "; ") + more + "."
    }

    /// Changes that were asked for in this turn and not made, also not by a later call.
    private var missingWrites: [Call] {
        let all = callsOfTurn
        return all.enumerated().filter { position, call in
            guard call.isMissingWrite || isFailedWriteTool(call) else { return false }
            let isMadeLater = all[(position + 1)...].contains { $0.tool == call.tool && $0.hasWritten }
            return !isMadeLater && !(call.approval == nil && all.contains(where: \.hasWritten))
        }.map(\.element)
    }

    /// Whether it failed before anybody could be asked.
    private func isFailedWriteTool(_ call: Call) -> Bool {
        call.approval == nil && call.state == .failed && policy.writeTools.contains(call.tool)
    }

    private var callsOfTurn: [Call] { pastCalls.filter { $0.turn == turn }.map(\.call) + calls }
}

extension Call {
    /// Whether nothing that code has looked at speaks against it. Where there is nothing to look at, nothing does.
    fileprivate var isVerified: Bool { state == .succeeded && checks.allSatisfy { $0.verdict == .passed } }

    /// What the model is told besides the result of a change that the checks don't confirm; nil for any other call, and for one
    /// that is still on its way.
    var doubt: String? {
        guard hasWritten, checks.contains(where: { $0.verdict != .passed && $0.verdict != .stillRunning }) else {
            return nil
        }
        return "(The checks don't confirm this change. Find out why, and don't say that it succeeded.)"
    }

    /// A change that was asked for and that a person or the API server didn't let happen. Of alternatives those that
    /// weren't chosen aren't missing.
    fileprivate var isMissingWrite: Bool {
        guard let approval, !approval.isForRead, !hasWritten else { return false }
        switch state {
        case .denied: return decision?.approved == false
        case .expired, .failed: return true
        default: return false
        }
    }

    /// `Scale web to 3 (c1: denied by alice)`
    fileprivate var missingReport: String {
        "\((approval?.summary ?? tool).bounded(to: 200)) (\(id): \((result ?? state.rawValue).bounded(to: 200)))"
    }

    /// What was done, and what of it is known: `Scale web to 3 (c1, verified)`.
    fileprivate var report: String {
        let bad = checks.filter { $0.verdict != .passed }.prefix(3).map(\.line)
        let known =
            if !bad.isEmpty { bad.joined(separator: ", ") } else if !checks.isEmpty, isVerified { "verified" } else {
                state == .verifying ? "not verified yet" : "done"
            }
        return "\((approval?.summary ?? tool).bounded(to: 200)) (\(id): \(known.bounded(to: 400)))"
    }
}
