import KubeModel
import SkyfloAPI

/// A fact about a turn. The transcript is the list of them; replaying it gives the state of the turn, in any process.
package enum TurnEvent: Sendable, Hashable {
    /// A message of the user is taken up. It begins a turn.
    ///
    /// `followUp` is its id in `spec.followUps`; nil for an entry of `spec.messages`.
    case turnStarted(number: Int, message: String, followUp: String? = nil)
    /// The user wants changes taken back. Like a turn, without a message and without the model.
    case undoStarted(changes: [String])
    case modelReplied(ModelTurn)
    /// There is no reply, and asking again won't help.
    ///
    /// `usage` is what the provider counted nevertheless.
    case modelFailed(String, usage: ModelTurn.Usage = ModelTurn.Usage())
    /// A reply was given up before it was whole, because the turn was stopped or its time was over. What had come of it is gone;
    /// this is what it took.
    case replyCut(model: String, ModelTurn.Usage)
    /// What the arguments of a call refer to has been found, and stands in its place from here on.
    case argumentsResolved(id: String, arguments: String, references: [ArgumentReference])
    /// A model has summed up what the first so many messages of the history say. It is told that in place of them; the
    /// transcript keeps them.
    case summarized(messages: Int, text: String, ModelTurn.Usage)
    /// A model has made a title, between two turns.
    case titled(String, ModelTurn.Usage)
    /// A call has its result for the model, without any write: a read's output, or why the call can't be carried out.
    case callResolved(id: String, succeeded: Bool, result: String)
    /// A read has to wait until it has its result.
    case callWaiting(id: String, CallWait)
    /// A person has to decide. Only after this is stored may anybody see the approval.
    case approvalRequested(id: String, ApprovalRequest)
    case decided(id: String, Decision)
    /// The decision doesn't stand any more (a rule is gone, more people have to approve): the call waits again.
    case decisionWithdrawn(id: String, reason: String)
    case approvalExpired(id: String)
    /// The write may happen from here on.
    case writeStarted(id: String)
    /// The first of the call's requests were done, to the objects with these uids.
    case wrote(id: String, uids: [String])
    case writeEnded(id: String, WriteOutcome)
    /// A step of a sequence may happen from here on.
    case stepStarted(id: String, step: Int)
    case stepEnded(id: String, step: Int, WriteOutcome)
    /// What a step was to bring about has come, or can't come any more.
    case stepSettled(id: String, step: Int, succeeded: Bool, evidence: String)
    case verified(id: String, [CheckResult])
    /// What a later look found of checks of the call that were still running. It comes in a turn, between two, or after.
    case checkedAgain(id: String, [CheckResult])
    case turnEnded(TurnEnd)
    /// Another process goes on with the turn from here.
    case takenOver(worker: String, epoch: Int)
    /// Of what is written so far only the first so many entries count: the status never vouched for the others, and
    /// anybody who may write Secrets can have added them.
    case disregarded(after: Int)
    /// The conversation came back without its status. What it came with of messages, follow-ups and entries of `spec.undo` is
    /// skipped: it may have been carried out before.
    case restored(messages: Int, followUps: [String] = [], undos: Int, note: String)
}

/// What the model said in one reply.
package struct ModelTurn: Sendable, Hashable {
    package enum Finish: String, Sendable, JSONCodable { case complete, truncated, filtered }

    package struct Call: Sendable, Hashable {
        /// As the provider wants it back; not necessarily unique, never used as a key.
        package var modelID: String
        package var tool: String
        /// The text that the model wrote. It may be no JSON.
        package var arguments: String
        /// What the provider wants back with the call, unchanged; nil for nothing. Only its model understands it.
        package var providerData: JSONValue?

        package init(modelID: String, tool: String, arguments: String, providerData: JSONValue? = nil) {
            self.providerData = providerData
            self.modelID = modelID
            self.tool = tool
            self.arguments = arguments
        }
    }

    package var content: String
    package var calls: [Call]
    package var finish: Finish
    package var usage: Usage
    /// What tries have taken that failed before this reply came.
    package var failedUsage = Usage()
    /// From the request to the first piece of the reply, in milliseconds; nil where it came as a whole.
    package var timeToFirstToken: Int?
    /// From the request to the end of the reply, in milliseconds; nil in transcripts of versions that didn't say.
    package var timeToRespond: Int?
    /// Which model wrote the reply, and what its provider wants back with it, unchanged; nil where there is no provider. Only
    /// the model's client understands it.
    package var providerData: JSONValue?
    /// The text is a tool call that the model should have made by the tool interface. Nothing is done about it.
    package var isCallAsText = false
    /// What it was a reply to; nil in transcripts of versions that didn't say.
    package var context: ContextUse?

    package init(
        content: String, calls: [Call] = [], finish: Finish = .complete, usage: Usage = Usage(),
        providerData: JSONValue? = nil
    ) {
        self.providerData = providerData
        self.content = content
        self.calls = calls
        self.finish = finish
        self.usage = usage
    }

    package struct Usage: Sendable, Hashable {
        package var prompt = 0
        package var completion = 0
        package var cached = 0
        package var reasoning = 0
        /// In 10⁻¹² of the currency of the SkyfloAI's prices; 0 where it has none.
        package var cost = 0
        /// What of it the provider didn't come to count: a reply that was cut off has no count of its own.
        package var estimated = Estimated()
        package var total: Int { prompt + completion }

        package struct Estimated: Sendable, Hashable {
            /// Of `prompt`.
            package var prompt = 0
            /// Of `completion`.
            package var completion = 0
            /// Of `cost`, in its unit.
            package var cost = 0
            package var total: Int { prompt + completion }

            package init(prompt: Int = 0, completion: Int = 0, cost: Int = 0) {
                self.prompt = prompt
                self.completion = completion
                self.cost = cost
            }
        }

        package init(
            prompt: Int = 0, completion: Int = 0, cached: Int = 0, reasoning: Int = 0, cost: Int = 0,
            estimated: Estimated = Estimated()
        ) {
            self.cost = cost
            self.prompt = prompt
            self.completion = completion
            self.cached = cached
            self.reasoning = reasoning
            self.estimated = estimated
        }

        package static func + (a: Usage, b: Usage) -> Usage {
            Usage(
                prompt: a.prompt + b.prompt, completion: a.completion + b.completion, cached: a.cached + b.cached,
                reasoning: a.reasoning + b.reasoning, cost: a.cost + b.cost,
                estimated: Estimated(
                    prompt: a.estimated.prompt + b.estimated.prompt,
                    completion: a.estimated.completion + b.estimated.completion,
                    cost: a.estimated.cost + b.estimated.cost))
        }
    }
}

/// What a person is asked to approve. `requests` and `postConditions` are JSON as the tools made it; the engine carries
/// them and takes the digest over them, nothing else.
package struct ApprovalRequest: Sendable, Hashable {
    package var summary: String
    package var risk: String
    package var warnings: [String]
    package var preview: String
    /// All of the preview, where that had to be cut for the status; nil where it hadn't.
    package var wholePreview: String?
    package var requests: [JSONValue]
    package var postConditions: [JSONValue]
    package var digest: String
    package var expiresAt: KubeTime
    /// Of each request's target as it was; nil for one that wasn't there. For rules that go by labels.
    package var labels: [[String: String]?]
    /// What is needed to take each request back, as the tools made it.
    package var changes: [JSONValue]
    /// What the write is going to touch besides its target, in words. For people only; nothing is decided by it.
    package var touches: [String]
    /// What people see of the call in place of its arguments and requests; nil where they see these.
    package var shown: Shown?
    /// Which arguments are from the results of earlier calls, in words. The digest is over them too.
    package var references: [String]

    package struct Shown: Sendable, Hashable {
        package var arguments: String
        package var requests: [JSONValue]
        /// Binds the approval of what is shown to what it is.
        package var fingerprint: String

        package init(arguments: String, requests: [JSONValue], fingerprint: String) {
            self.arguments = arguments
            self.requests = requests
            self.fingerprint = fingerprint
        }
    }

    package init(
        summary: String, risk: String, warnings: [String], preview: String, requests: [JSONValue],
        postConditions: [JSONValue], digest: String, expiresAt: KubeTime,
        labels: [[String: String]?] = [], changes: [JSONValue] = [], touches: [String] = [], shown: Shown? = nil,
        references: [String] = [], wholePreview: String? = nil
    ) {
        self.wholePreview = wholePreview
        self.references = references
        self.touches = touches
        self.shown = shown
        self.summary = summary
        self.risk = risk
        self.warnings = warnings
        self.preview = preview
        self.requests = requests
        self.postConditions = postConditions
        self.digest = digest
        self.expiresAt = expiresAt
        self.labels = labels
        self.changes = changes
    }

    /// Whether the approval is for running a read (`approval.mode: Always`) rather than for a write.
    package var isForRead: Bool { requests.isEmpty }
}

package struct Decision: Sendable, Hashable {
    package var approved: Bool
    package var by: String
    package var reason: String
    /// The SkyfloAI's rule that decided in people's place; nil where people did.
    package var rule: String?

    package init(approved: Bool, by: String, reason: String = "", rule: String? = nil) {
        self.approved = approved
        self.by = by
        self.reason = reason
        self.rule = rule
    }
}

/// How a turn ended.
package struct TurnEnd: Sendable, Hashable {
    package enum Kind: String, Sendable, JSONCodable {
        case completed = "Completed", failed = "Failed", stopped = "Stopped"
    }

    package var kind: Kind
    package var reason: ConversationReason
    /// For people; what went wrong where it did.
    package var message: String
    /// Of the model; empty unless completed.
    package var answer: String

    package init(_ kind: Kind, reason: ConversationReason, message: String = "", answer: String = "") {
        self.kind = kind
        self.reason = reason
        self.message = message
        self.answer = answer
    }
}
