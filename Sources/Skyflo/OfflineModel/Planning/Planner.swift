import KubeModel
import LanguageModels

/// What to do about one utterance: plans written as straight-line code over a ``Session``.
struct Planner: Sendable {
    let session: OfflineSession
    let tools: [ToolSchema]

    func answer(_ utterance: Utterance) throws(StreamInterruption) -> String {
        switch utterance {
        case .command(let command): try perform(command)
        case .howTo(let verb): Answers.howTo(verb)
        case .advice(let verb, let name): Answers.advice(verb, name: name)
        case .declined(let name): Answers.declined(name: name)
        case .greeting: "Hello. " + Answers.capabilities(tools)
        case .thanks: "You're welcome."
        case .capabilities: Answers.capabilities(tools)
        case .unclear(let problem): Answers.unclear(problem, tools: tools)
        }
    }

    private func perform(_ command: Command) throws(StreamInterruption) -> String {
        switch command.verb {
        case .list: try list(command)
        case .describe: try describe(command)
        case .logs: try logs(command)
        case .diagnose: try diagnose(command)
        case .rolloutStatus: try rolloutStatus(command)
        case .scale: try scale(command)
        case .setImage: try setImage(command)
        case .restart: try restart(command)
        case .rollBack: try rollBack(command)
        case .delete: try delete(command)
        case .apply: try apply(command)
        }
    }
}
