import KubeModel

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
}

/// Unreadable where a step is in a state that this version doesn't know.
extension SequenceProgress: JSONRecord {
    public init() { self.init(call: "", titles: [], states: []) }

    public mutating func code(_ members: inout JSONMembers) {
        members.require(&call, as: "call")
        let done = states.count { $0.state == .done }
        let steps = states.count.counted(as: "step")
        members.write("\(done) of \(steps) \(done == 1 ? "is" : "are") done", as: "summary")
        var list = WholeList(zip(titles, states).map { Step(title: $0, progress: $1) })
        members.require(&list, as: "steps")
        titles = list.elements.map(\.title)
        states = list.elements.map(\.progress)
    }

    private struct Step: JSONRecord {
        var title = ""
        var progress = StepProgress()

        mutating func code(_ members: inout JSONMembers) {
            progress.code(&members)
            members.code(&title, as: "step")
        }
    }
}
