import ControllerRuntime
import KubeModel
import LiveEvents
import WorkflowEngine
import Writes

/// What is told of a turn to whoever follows it, and what isn't told yet: facts of which it isn't sure that they stand.
struct TurnTelling: Sendable {
    /// Where it is told; nil before the turn is claimed, and where nobody can follow it.
    private(set) var turn: LiveTurn?
    private var narration: TurnNarration
    /// Of the turn's beginning, from the transcript.
    private var earlier: [LiveEvent]
    private var untold: [LiveEvent] = []
    /// Somebody waits for what is untold to be stored.
    private(set) var isHeldBack = false
    /// How far calls are, by call.
    private var calls: [String: CallTelling] = [:]

    init(_ retelling: TurnNarration.Retelling) {
        narration = retelling.narration
        earlier = retelling.machine.isRunning ? retelling.events : []
    }

    /// Goes over an entry that isn't told.
    mutating func skip(_ event: TurnEvent) { narration.skip(event) }

    mutating func add(_ event: TurnEvent, at: KubeTime, to machine: WorkflowStateMachine) {
        // The turn before has ended, and is told to its end.
        if event.beginsTurn { letGo() }
        untold += narration.tell(event, at: at, machine)
    }

    /// From here on nothing is told before ``publish()``.
    mutating func holdBack() { isHeldBack = true }

    /// Tells what isn't told yet.
    mutating func publish() {
        isHeldBack = false
        guard let turn else { return }
        turn.tell(untold, narration)
        untold = []
    }

    /// From here on it is told to whoever follows it.
    mutating func begin(_ make: (_ told: [LiveEvent], _ narration: TurnNarration) -> LiveTurn) -> LiveTurn {
        let made = make(earlier + untold, narration)
        turn = made
        (earlier, untold, calls) = ([], [], [:])
        return made
    }

    mutating func letGo() {
        turn = nil
        (earlier, untold, calls, isHeldBack) = ([], [], [:], false)
    }

    /// By what is told how far a call is; nil where nobody can follow the turn.
    mutating func telling(of call: Call, redactor: Redactor, clock: any RuntimeClock) -> CallTelling? {
        guard let turn else { return nil }
        if let known = calls[call.id] { return known }
        let made = CallTelling(call, turn: turn, redactor: redactor, clock: clock)
        calls[call.id] = made
        return made
    }

    /// A call as it is shown.
    func proposed(_ id: String, in machine: WorkflowStateMachine) -> ProposedCall { narration.proposed(id, machine) }
}
