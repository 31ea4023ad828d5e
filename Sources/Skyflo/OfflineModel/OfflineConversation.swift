import KubeModel
import LanguageModels

/// One request of the offline model: reads the messages, runs the plans, makes the reply.
struct OfflineConversation: Sendable {
    private let request: ModelRequest

    init(_ request: ModelRequest) { self.request = request }

    var reply: ModelReply {
        let starts = request.messages.indices.filter { if case .user = request.messages[$0] { true } else { false } }
        guard let start = starts.last else { return ModelReply(content: Answers.capabilities(request.tools)) }
        let session = OfflineSession(tools: request.tools, turn: request.messages[start...])
        var needed: [PlannedCall] = []
        var answers: [String] = []
        var unfinished: [Command] = []
        var place: String?
        for utterance in utterances(turnStarts: starts) {
            if case .command(let command) = utterance, unfinished.contains(where: { command.mustFollow($0) }) {
                continue
            }
            do throws(StreamInterruption) {
                answers.append(try Planner(session: session, tools: request.tools).answer(utterance))
            } catch {
                switch error {
                case .answer(let text): answers.append(text)
                case .namesNamespace(let name, let text):
                    place = name
                    answers.append(text)
                case .needs(let calls):
                    needed += calls.filter { !needed.contains($0) }
                    if case .command(let command) = utterance { unfinished.append(command) }
                }
            }
        }
        if needed.isEmpty { return ModelReply(content: Self.joined(answers)) }
        // Nothing is changed before all that the message names was looked for.
        let reads = needed.filter(\.onlyReads)
        if reads.isEmpty, let place { return ModelReply(content: Self.joined(answers + [Answers.perhapsPlace(place)])) }
        return asking(for: reads.isEmpty ? needed : reads)
    }

    private static func joined(_ answers: [String]) -> String {
        var seen: Set<String> = []
        return answers.filter { seen.insert($0).inserted }.joined(separator: "\n\n")
    }

    private func asking(for calls: [PlannedCall]) -> ModelReply {
        var taken: Set<String> = []
        for case .assistant(_, let made, _) in request.messages { taken.formUnion(made.map(\.id)) }
        var number = taken.count
        let toolCalls = calls.map { call in
            repeat { number += 1 } while taken.contains("c\(number)")
            return ModelToolCall(id: "c\(number)", name: call.tool, arguments: JSONWriter.string(call.arguments))
        }
        return ModelReply(content: Answers.announcement(calls), toolCalls: toolCalls, finish: .toolCalls)
    }

    /// What the last message says, read after all those before it.
    private func utterances(turnStarts: [Int]) -> [Utterance] {
        var reader = MessageReader()
        var result: [Utterance] = []
        for (position, start) in turnStarts.enumerated() {
            guard case .user(let text) = request.messages[start] else { continue }
            result = reader.read(text)
            let end = position + 1 < turnStarts.count ? turnStarts[position + 1] : start
            for found in foundObjects(request.messages[start..<end]) {
                reader.resolve(kind: found.kind, of: found.name)
            }
        }
        return result
    }

    /// Objects that calls of a turn named and got an answer about.
    private func foundObjects(_ turn: ArraySlice<ChatMessage>) -> [(kind: String, name: String)] {
        var calls: [String: PlannedCall] = [:]
        var found: [(kind: String, name: String)] = []
        for message in turn {
            switch message {
            case .assistant(_, let made, _): for call in made { calls[call.id] = PlannedCall(call) }
            case .tool(let id, let content):
                guard let arguments = calls[id]?.arguments, case .success = ToolText(content),
                    let kind = (arguments["kind"] ?? arguments["resource_type"])?.string,
                    let name = (arguments["name"] ?? arguments["resource_name"])?.string
                else { continue }
                found.append((kind, name))
            case .system, .user: break
            }
        }
        return found
    }
}

extension Command {
    /// Whether it must wait for an earlier one: a look at things for all changes that were asked for before it, and a
    /// change for another change of the same object, which would be planned against a state that is about to pass.
    func mustFollow(_ earlier: Command) -> Bool {
        guard earlier.verb.isWrite else { return false }
        return !verb.isWrite || (name == earlier.name && namespace == earlier.namespace)
    }
}
