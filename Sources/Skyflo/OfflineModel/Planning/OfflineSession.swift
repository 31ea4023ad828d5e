import KubeModel
import LanguageModels

/// What a plan can use: the tools that are offered, and the results that this turn already has.
///
/// Plans are written as if calls were answered at once. A call whose result isn't there yet interrupts the plan; the
/// next request runs it again from its beginning, with one more result. So the planner keeps no state.
struct OfflineSession: Sendable {
    private let offered: [String: ToolSchema]
    private let results: [PlannedCall: String]

    init(tools: [ToolSchema], turn: some Sequence<ChatMessage>) {
        offered = Dictionary(tools.map { ($0.name, $0) }) { first, _ in first }
        var calls: [String: PlannedCall] = [:]
        var results: [PlannedCall: String] = [:]
        for message in turn {
            switch message {
            case .assistant(_, let toolCalls, _):
                for call in toolCalls {
                    calls[call.id] = PlannedCall(call)
                    // So that a call that was lost is not made again and again.
                    results[PlannedCall(call)] = "error: the call has no result"
                }
            case .tool(let id, let content): if let call = calls[id] { results[call] = content }
            case .system, .user: break
            }
        }
        self.results = results
    }

    func offers(_ tool: String) -> Bool { offered[tool] != nil }

    /// Whether the offered tool has a parameter of that name, as far as its schema lists any.
    func takes(_ parameter: String, by tool: String) -> Bool {
        offered[tool]?.parameters["properties"]?.object?.contains(parameter) ?? false
    }

    func run(_ call: PlannedCall) throws(StreamInterruption) -> ToolText { try runAll([call])[0] }

    /// All of them at once; those without a result yet interrupt together.
    func runAll(_ calls: [PlannedCall]) throws(StreamInterruption) -> [ToolText] {
        var fitted: [PlannedCall] = []
        for call in calls { fitted.append(try fit(call)) }
        let missing = fitted.filter { results[$0] == nil }
        if !missing.isEmpty { throw .needs(missing) }
        return fitted.map { ToolText(results[$0] ?? "", isLog: $0.tool == "k8s_logs") }
    }

    /// Parameters that only make a result nicer: left out where the tool has none of that name.
    private static let optional: Set<String> = ["num_lines", "output"]

    /// The call as the offered schema takes it.
    private func fit(_ call: PlannedCall) throws(StreamInterruption) -> PlannedCall {
        guard let schema = offered[call.tool] else { throw .answer(Answers.missing(tool: call.tool)) }
        guard let known = schema.parameters["properties"]?.object, let given = call.arguments.object else {
            return call
        }
        var call = call.named(by: known)
        for (key, value) in call.arguments.object ?? given where !known.contains(key) {
            // Without its namespace a call would be aimed at another object.
            guard Self.optional.contains(key) else {
                throw .answer(Answers.missing(parameter: key, value: value, tool: call.tool))
            }
            call.arguments[key] = nil
        }
        return call
    }
}
