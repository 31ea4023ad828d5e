import KubeModel

/// What models may cost: part of `spec.limits` of a SkyfloAI. Nothing is asked of a model that is over it.
package struct SpendingLimits: Sendable, Hashable {
    /// nil for no limit.
    package struct Amount: Sendable, Hashable {
        package var tokens: Int?
        /// In 10⁻¹² of the currency of the prices.
        package var cost: Int?

        package init(tokens: Int? = nil, cost: Int? = nil) {
            self.tokens = tokens
            self.cost = cost
        }

        package var isUnlimited: Bool { tokens == nil && cost == nil }
    }

    /// Of one conversation, all its turns together.
    package var conversation: Amount
    /// Of all conversations of a namespace that the SkyfloAI governs, for each day in UTC.
    package var namespaceDay: Amount

    package init(conversation: Amount = Amount(), namespaceDay: Amount = Amount()) {
        self.conversation = conversation
        self.namespaceDay = namespaceDay
    }

    init(_ json: JSONValue) {
        self.init(
            conversation: Amount(
                tokens: json["conversationTokens"]?.int, cost: ModelPrices.amount(json["conversationCost"])),
            namespaceDay: Amount(
                tokens: json["namespaceTokensPerDay"]?.int, cost: ModelPrices.amount(json["namespaceCostPerDay"])))
    }
}

/// Tokens, and what they cost.
package struct Spending: Sendable, Hashable {
    package var tokens = 0
    /// In 10⁻¹² of the currency; in stored form in millionths of it, and the rest beside them: what is added up must not
    /// grow by rounding.
    package var cost = 0

    package init() {}

    package init(tokens: Int, cost: Int) {
        self.tokens = tokens
        self.cost = cost
    }
}

extension Spending: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&tokens, as: "tokens")
        var millionths = cost / 1_000_000
        var rest = cost % 1_000_000
        members.code(&millionths, as: "costMillionths")
        members.code(&rest, as: "costRest")
        cost = millionths * 1_000_000 + rest
    }
}

/// What the namespaces have spent on the day that it names: `status.spending` of a SkyfloAI.
package struct DaySpending: Sendable, Hashable {
    /// `2026-01-31`, in UTC.
    package var date = ""
    package var namespaces: [String: Spending] = [:]

    package init() {}

    /// Begins a new day where it's another one.
    package mutating func begin(_ date: String) {
        guard self.date != date else { return }
        self.date = date
        namespaces = [:]
    }

    /// Adds what a namespace spends, or takes back what it didn't.
    package mutating func add(_ spending: Spending, to namespace: String) {
        let before = namespaces[namespace] ?? Spending()
        namespaces[namespace] = Spending(
            tokens: max(0, before.tokens + spending.tokens), cost: max(0, before.cost + spending.cost))
    }

    /// Why a namespace may not spend as much more; nil where it may.
    package func refusal(of more: Spending, in namespace: String, limit: SpendingLimits.Amount) -> String? {
        let spent = namespaces[namespace] ?? Spending()
        if let most = limit.tokens, spent.tokens + more.tokens > most {
            return
                "its conversations have used \(spent.tokens) of \(most) tokens today, and the next request takes about "
                + "\(more.tokens)"
        }
        if let most = limit.cost, spent.cost + more.cost > most {
            return
                "its conversations have spent \(ModelPrices.text(spent.cost)) of \(ModelPrices.text(most)) today, and the "
                + "next request costs about \(ModelPrices.text(more.cost))"
        }
        return nil
    }

    /// What turns `earlier` into this, merged into it.
    package func patch(over earlier: DaySpending) -> JSONValue {
        var entries = JSONObject()
        for name in earlier.namespaces.keys.sorted() where namespaces[name] == nil { entries[name] = .null }
        for (name, spending) in namespaces.sorted(by: { $0.key < $1.key }) { entries[name] = spending.json }
        return ["date": .string(date), "namespaces": .object(entries)]
    }
}

extension DaySpending: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&date, as: "date")
        members.code(&namespaces, as: "namespaces")
    }
}
