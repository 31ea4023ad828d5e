/// What a conversation has used: `status.usage`.
package struct UsageStatus: Sendable, Hashable {
    package var promptTokens = 0
    package var completionTokens = 0
    package var cachedTokens = 0
    package var reasoningTokens = 0
    /// A decimal number; nil where the SkyfloAI has no prices.
    package var cost: String?
    /// Of prompts and replies.
    package var totalTokens = 0
    /// What of `totalTokens` is an estimate; nil where nothing is.
    package var estimatedTokens: Int?
    /// What of `cost` is an estimate; nil where nothing is.
    package var estimatedCost: String?
    /// What the turn that runs, or ran last, has of it.
    package var lastTurn = TurnUsageStatus()
    package var modelCalls = 0
    package var toolCalls = 0
    /// Of the last turn.
    package var timeToFirstTokenMilliseconds: Int?
    package var timeToRespondMilliseconds: Int?
    /// What had to be left out of the last request to the model; nil where nothing had.
    package var leftOut: String?

    package init() {}
}

extension UsageStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&promptTokens, as: "promptTokens")
        members.code(&completionTokens, as: "completionTokens")
        members.code(&cachedTokens, as: "cachedTokens")
        members.code(&reasoningTokens, as: "reasoningTokens")
        members.code(&cost, as: "cost")
        members.code(&totalTokens, as: "totalTokens")
        members.code(&estimatedTokens, as: "estimatedTokens")
        members.code(&estimatedCost, as: "estimatedCost")
        members.code(&lastTurn, as: "lastTurn")
        members.code(&modelCalls, as: "modelCalls")
        members.code(&toolCalls, as: "toolCalls")
        members.code(&timeToFirstTokenMilliseconds, as: "timeToFirstTokenMilliseconds")
        members.code(&timeToRespondMilliseconds, as: "timeToRespondMilliseconds")
        members.code(&leftOut, as: "leftOut", ifNil: .null)
    }
}

/// What a turn has used: `status.usage.lastTurn`.
package struct TurnUsageStatus: Sendable, Hashable {
    package var promptTokens = 0
    package var completionTokens = 0
    package var cachedTokens = 0
    package var reasoningTokens = 0
    /// A decimal number; nil where the SkyfloAI has no prices.
    package var cost: String?
    /// What of the prompt's and the completion's tokens is an estimate; nil where nothing is.
    package var estimatedTokens: Int?
    /// What of `cost` is an estimate; nil where nothing is.
    package var estimatedCost: String?
    package var modelCalls = 0

    package init() {}
}

extension TurnUsageStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&promptTokens, as: "promptTokens")
        members.code(&completionTokens, as: "completionTokens")
        members.code(&cachedTokens, as: "cachedTokens")
        members.code(&reasoningTokens, as: "reasoningTokens")
        members.code(&cost, as: "cost", ifNil: .null)
        members.code(&estimatedTokens, as: "estimatedTokens", ifNil: .null)
        members.code(&estimatedCost, as: "estimatedCost", ifNil: .null)
        members.code(&modelCalls, as: "modelCalls")
    }
}
