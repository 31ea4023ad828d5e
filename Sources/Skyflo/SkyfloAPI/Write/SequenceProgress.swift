import KubeModel

/// `status.progress`: where a write of several steps stands, for people to read and for the next worker to go on from.
package struct SequenceProgress: Sendable, Hashable {
    /// The id of the call.
    package var call: String
    /// What people read of each step.
    package var titles: [String]
    /// In the order of the approved requests.
    package var states: [StepProgress]

    /// How many bytes a step's message may have.
    package static let messageLimit = 160

    package init(call: String, titles: [String], states: [StepProgress]) {
        self.call = call
        self.titles = titles
        self.states = states
    }
}

/// Unreadable where a step is in a state that this version doesn't know.
extension SequenceProgress: JSONRecord {
    package init() { self.init(call: "", titles: [], states: []) }

    package mutating func code(_ members: inout JSONMembers) {
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
