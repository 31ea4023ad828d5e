import KubeModel

/// Texts of answers, in short Markdown. Nothing in them is made up: what a tool said is quoted.
enum Answers {
    /// A block of code that can't be left from inside, cut to a length that people read.
    static func block(_ text: String, lastLines: Int? = nil, lines: Int = 60) -> String {
        var all = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while all.last?.isEmpty == true { all.removeLast() }
        if let lastLines { all = all.suffix(lastLines) }
        let rest = all.count - lines
        if rest > 0 { all = all.prefix(lines) + ["… \(rest) more lines"] }
        let longest = all.joined(separator: "\n").split { $0 != "`" }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return ([fence] + all + [fence]).joined(separator: "\n")
    }

    static func quoted(_ lead: String, _ text: String) -> String {
        text.allSatisfy(\.isWhitespace) ? lead : "\(lead)\n\n\(block(text))"
    }

    static func failed(_ lead: String, _ text: String) -> String { quoted("\(lead):", text) }

    static func denied(_ what: String, _ reason: String?) -> String {
        "Nothing was done: \(what) was denied" + (reason.map { ": \($0)" } ?? ".")
    }

    static func written(_ result: WriteResult, _ wish: String, _ done: String, _ text: String) -> String {
        switch result {
        case .done: quoted("\(done).", text)
        case .nothingToDo: quoted("There was nothing to do.", text)
        case .checkFailed: quoted("\(done), but a check afterwards didn't pass:", text)
        case .unclear: quoted("I can't tell whether it worked to \(wish). The tool says:", text)
        }
    }

    // MARK: Reading

    static func list(_ command: Command, _ text: String) -> String {
        let isOne = command.isOne
        let known = Vocabulary.kinds[command.kind ?? ""] != nil
        let plural = known ? Vocabulary.plural(command.kind ?? "") : command.kind ?? ""
        guard !isOne, command.output == nil || command.output == "wide", let table = Table(text) else {
            if text.allSatisfy(\.isWhitespace) || text.hasPrefix("No resources found") {
                return "There are no \(plural)\(place(command))."
            }
            return quoted("Here \(isOne ? "it is" : "they are"):", text)
        }
        let rows = chosen(command, table, ObjectRow.rows(text))
        let what = filterText(command.filter) + plural + (command.name.map { " of **\($0)**" } ?? "") + place(command)
        if rows.isEmpty { return "There are no \(what)." }
        let least = text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("…") } ? "at least " : ""
        let lead =
            rows.count == 1 && least.isEmpty
            ? "There is one of the \(what):" : "There are \(least)\(rows.count) \(what):"
        if command.isCount { return String(lead.dropLast()) + "." }
        let keep = Set(rows)
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard rows.count < table.rows.count, let header = lines.first else { return quoted(lead, text) }
        let shown = lines.dropFirst().filter { line in
            keep.contains { line.split(separator: " ").contains(Substring($0)) }
        }
        return quoted(lead, ([header] + shown).joined(separator: "\n"))
    }

    /// Names of the rows that were asked for.
    private static func chosen(_ command: Command, _ table: Table, _ rows: [ObjectRow]) -> [String] {
        rows.filter { row in
            let isNamed = command.name.map { row.belongs(to: $0) || row.name == $0 } ?? true
            return isNamed && matches(row, command.filter)
        }.map(\.name)
    }

    private static func matches(_ row: ObjectRow, _ filter: Command.Filter?) -> Bool {
        switch filter {
        case nil: true
        case .running: row.isHealthy && !row.isDone
        case .unhealthy: !row.isHealthy
        case .pending: row.status == "Pending"
        }
    }

    private static func filterText(_ filter: Command.Filter?) -> String {
        switch filter {
        case nil: ""
        case .running: "running "
        case .unhealthy: "unhealthy "
        case .pending: "pending "
        }
    }

    private static func place(_ command: Command) -> String {
        command.allNamespaces ? " in all namespaces" : command.namespace.map { " in namespace **\($0)**" } ?? ""
    }

    static func description(_ found: FoundObject, _ text: String) -> String {
        let description = Description(text)
        var lines: [String] = []
        for key in ["Status", "Replicas", "Selector", "Node", "Type", "Endpoints"] {
            if let value = description.fields[key] { lines.append("- \(key): `\(value)`") }
        }
        for container in description.containers {
            lines.append("- Container **\(container.name)**" + (container.image.map { ": `\($0)`" } ?? ""))
        }
        for event in description.warnings.suffix(3) { lines.append("- Warning \(event.reason): \(event.message)") }
        let facts = lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n\n"
        return "This is \(found.title):\n\n\(facts)\(block(text, lines: 80))"
    }

    static func logs(pod: String, others: [String], _ text: String, _ command: Command) -> String {
        let run = command.previous ? " (the run before)" : ""
        var parts: [String] = []
        if text.allSatisfy(\.isWhitespace) {
            parts.append("The log of pod **\(pod)**\(run) is empty.")
        } else {
            parts.append("The log of pod **\(pod)**\(run):\n\n\(block(text, lines: 200))")
        }
        if !others.isEmpty {
            parts.append("Other pods of it: " + others.map { "`\($0)`" }.joined(separator: ", ") + ".")
        }
        return parts.joined(separator: "\n\n")
    }

    static func noPods(_ object: FoundObject, _ rows: [ObjectRow]) -> String {
        let near = suggestions(object.name, rows.map(\.name))
        return "I found no pod of **\(object.name)**." + (near.isEmpty ? "" : " Did you mean \(near)?")
    }

    // MARK: Not found, not offered

    static func notFound(_ command: Command, _ kinds: [String], _ others: [ObjectRow]) -> String {
        let name = command.name ?? ""
        let place = command.namespace.map { "namespace **\($0)**" } ?? "this namespace"
        let what =
            kinds.count > 1 ? kinds.dropLast().joined(separator: ", ") + " or " + (kinds.last ?? "") : kinds.first ?? ""
        var text = "I found no \(what) named **\(name)** in \(place)."
        let elsewhere = others.filter { $0.name == name }.compactMap(\.namespace)
        if !elsewhere.isEmpty {
            let names = elsewhere.map { "**\($0)**" }.joined(separator: ", ")
            text += " There is a deployment of that name in \(names): say it with `in namespace \(elsewhere[0])`."
        } else {
            let near = suggestions(name, others.map(\.name))
            if !near.isEmpty { text += " Did you mean \(near)?" }
        }
        return text
    }

    /// Names that share their beginning, or most of their letters, with what was said.
    private static func suggestions(_ name: String, _ names: [String]) -> String {
        let near = Set(names).filter { other in
            other.hasPrefix(name) || name.hasPrefix(other)
                || EditDistance.between(name, other) <= max(1, name.count / 4)
        }
        return near.sorted().prefix(3).map { "**\($0)**" }.joined(separator: " or ")
    }

    private static let toolPurposes: [String: String] = [
        "k8s_get": "look up objects", "k8s_describe": "describe objects", "k8s_logs": "read logs",
        "k8s_scale": "scale anything", "k8s_set_image": "change images", "k8s_rollout_restart": "restart anything",
        "k8s_rollout_status": "follow rollouts", "k8s_delete": "delete anything", "k8s_apply": "apply manifests",
        "k8s_rollout_undo": "roll back anything",
    ]

    static func missing(tool: String) -> String {
        "I can't \(toolPurposes[tool] ?? "do that") here: the tool `\(tool)` isn't offered in this conversation. "
            + "Its toolset may be switched off, or the conversation may be read-only."
    }

    static func missing(parameter: String, value: JSONValue, tool: String) -> String {
        "I can't do that here: the tool `\(tool)` takes no `\(parameter)`, "
            + "and you asked for \(value.string ?? "\(value)")."
    }

    static func severalKinds(_ name: String, _ kinds: [String], _ verb: Command.Verb) -> String {
        let list = kinds.map { "\($0) **\(name)**" }.joined(separator: " and ")
        return "There are \(list). Say which one you mean, for example: `\(verb.rawValue) \(kinds[0]) \(name)`."
    }

    static func whichContainer(_ found: FoundObject, _ containers: [String], _ image: String) -> String {
        if containers.isEmpty { return "I couldn't find out which containers \(found.title) has." }
        return "Which container of \(found.title) should get `\(image)`? It has \(containers.joined(separator: ", ")). "
            + "Say for example: `set the image of container … of \(found.name) to \(image)`."
    }

    static func podRestart(_ pod: String) -> String {
        "A pod can't be restarted in place. Restart its workload, or say `delete pod \(pod)`: "
            + "its controller then makes a new one."
    }

    static func noRollback(_ name: String) -> String {
        "I can't roll back **\(name)**: no tool for it is offered in this conversation. "
            + "What I can do is to set its image to the version before: `set the image of \(name) to …`."
    }

    static func announcement(_ calls: [PlannedCall]) -> String {
        let texts = calls.map { call -> String in
            let name = (call.arguments["name"] ?? call.arguments["resource_name"] ?? call.arguments["pod_name"])?.string
            let kind = call.arguments["resource_type"]?.string ?? (call.tool == "k8s_logs" ? "pod" : "")
            let object = [kind, name].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
            return (announced[call.tool] ?? call.tool) + (object.isEmpty ? "" : " \(object)")
        }
        return texts.joined(separator: ", ").capitalizedFirst + "."
    }

    private static let announced: [String: String] = [
        "k8s_get": "looking up", "k8s_describe": "describing", "k8s_logs": "reading the log of", "k8s_scale": "scaling",
        "k8s_set_image": "setting the image of", "k8s_rollout_restart": "restarting",
        "k8s_rollout_status": "following the rollout of", "k8s_delete": "deleting",
        "k8s_apply": "applying the manifest",
        "k8s_rollout_undo": "rolling back",
    ]
}
