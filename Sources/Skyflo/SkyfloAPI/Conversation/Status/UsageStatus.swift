/// What a conversation has used: `status.usage`.
public struct UsageStatus: Sendable, Hashable {
    public var promptTokens = 0
    public var completionTokens = 0
    public var cachedTokens = 0
    public var reasoningTokens = 0
    /// A decimal number; nil where the SkyfloAI has no prices.
    public var cost: String?
    public var modelCalls = 0
    public var toolCalls = 0
    /// Of the last turn.
    public var timeToFirstTokenMilliseconds: Int?
    public var timeToRespondMilliseconds: Int?

    public init() {}
}

extension UsageStatus: JSONRecord {
    public mutating func code(_ members: inout JSONMembers) {
        members.code(&promptTokens, as: "promptTokens")
        members.code(&completionTokens, as: "completionTokens")
        members.code(&cachedTokens, as: "cachedTokens")
        members.code(&reasoningTokens, as: "reasoningTokens")
        members.code(&cost, as: "cost")
        members.code(&modelCalls, as: "modelCalls")
        members.code(&toolCalls, as: "toolCalls")
        members.code(&timeToFirstTokenMilliseconds, as: "timeToFirstTokenMilliseconds")
        members.code(&timeToRespondMilliseconds, as: "timeToRespondMilliseconds")
    }
}
