public import KubeModel

/// `status.progress`: where a write of several steps stands, for people to read and for the next worker to go on from.
public struct SequenceProgress: Sendable, Hashable {
    /// The id of the call.
    public var call: String
    /// What people read of each step.
    public var titles: [String]
    /// In the order of the approved requests.
    public var states: [StepProgress]

    /// How many bytes a step's message may have.
    public static let messageLimit = 160

    public init(call: String, titles: [String], states: [StepProgress]) {
        self.call = call
        self.titles = titles
        self.states = states
    }

    public var json: JSONValue {
        let done = states.count { $0.state == .done }
        return [
            "call": .string(call), "summary": .string("\(done) of \(states.count) steps are done"),
            "steps": .array(
                zip(titles, states).map { title, state in
                    var json = state.json
                    json["step"] = .string(title)
                    return json
                }),
        ]
    }

    /// nil for what ``json`` doesn't write, and where a step is in a state that this version doesn't know.
    public init?(json: JSONValue) {
        guard let call = json["call"]?.string, let steps = json["steps"]?.array else { return nil }
        let states = steps.compactMap(StepProgress.init(json:))
        guard states.count == steps.count else { return nil }
        self.init(call: call, titles: steps.map { $0["step"]?.string ?? "" }, states: states)
    }
}
