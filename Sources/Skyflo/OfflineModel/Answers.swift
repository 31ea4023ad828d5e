import KubeModel

/// Texts of answers, in short Markdown. Nothing in them is made up: what a tool said is quoted.
enum Answers {
    /// A block of code that can't be left from inside, cut to a length that people read.
    ///
    /// - Parameter lastLines: how many of the last lines are shown, of a text whose end matters most.
    static func block(_ given: String, lastLines: Int? = nil, lines: Int = 60) -> String {
        // An answer has 16 KiB, and a line may be longer than all of them.
        let surplus = given.count - 10_000
        let note = "… \(surplus) more characters"
        let cut = lastLines == nil ? "\(given.prefix(10_000))\n\(note)" : "\(note)\n\(given.suffix(10_000))"
        let text = surplus > 0 ? cut : given
        var all = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while all.last?.isEmpty == true { all.removeLast() }
        if let lastLines { all = all.suffix(lastLines) }
        let rest = all.count - lines
        if rest > 0 { all = all.prefix(lines) + ["… \(rest) more lines"] }
        let longest = all.joined(separator: "\n").split { $0 != "`" }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return ([fence] + all + [fence]).joined(separator: "\n")
    }

    static func quoted(_ lead: String, text: String) -> String {
        text.allSatisfy(\.isWhitespace) ? lead : "\(lead)\n\n\(block(text))"
    }

    static func failed(_ lead: String, text: String) -> String { quoted("\(lead):", text: text) }

    static func denied(_ what: String, reason: String?) -> String {
        "Nothing was done: \(what) was denied" + (reason.map { ": \($0)" } ?? ".")
    }

    static func written(_ result: WriteResult, wish: String, done: String, text: String) -> String {
        switch result {
        case .done: quoted("\(done).", text: text)
        case .nothingToDo: quoted("There was nothing to do.", text: text)
        case .checkFailed: quoted("\(done), but a check afterwards didn't pass:", text: text)
        case .stillRunning: quoted("\(done). It is still in progress, and I keep watching it:", text: text)
        case .unclear: quoted("I can't tell whether it worked to \(wish). The tool says:", text: text)
        }
    }

    // MARK: Reading

    static func description(_ found: FoundObject, text: String) -> String {
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

    static func logs(pod: String, others: [String], text: String, command: Command) -> String {
        let run = command.previous ? " (the run before)" : ""
        var parts: [String] = []
        if text.allSatisfy(\.isWhitespace) {
            parts.append("The log of pod **\(pod)**\(run) is empty.")
        } else {
            parts.append("The log of pod **\(pod)**\(run):\n\n\(block(text, lastLines: 200, lines: 200))")
        }
        if !others.isEmpty {
            parts.append("Other pods of it: " + others.map { "`\($0)`" }.joined(separator: ", ") + ".")
        }
        return parts.joined(separator: "\n\n")
    }

    static func noPods(_ object: FoundObject, rows: [ObjectRow]) -> String {
        let near = suggestions(object.name, names: rows.map(\.name))
        return "I found no pod of **\(object.name)**." + (near.isEmpty ? "" : " Did you mean \(near)?")
    }

    // MARK: Not found, not offered

    static func notFound(
        _ command: Command, kinds: [String], others: [ObjectRow], namespaces: [String]
    ) -> String {
        let name = command.name ?? ""
        let place = command.namespace.map { "namespace **\($0)**" } ?? "this namespace"
        let what =
            kinds.count > 1 ? kinds.dropLast().joined(separator: ", ") + " or " + (kinds.last ?? "") : kinds.first ?? ""
        var text = "I found no \(what) named **\(name)** in \(place)."
        let elsewhere = others.filter { $0.name == name }.compactMap(\.namespace)
        if !elsewhere.isEmpty {
            let names = elsewhere.map { "**\($0)**" }.joined(separator: ", ")
            text += " There is a deployment of that name in \(names): say it with `in namespace \(elsewhere[0])`."
        } else if namespaces.contains(name) {
            text += " There is a namespace of that name: say for example `list the pods in namespace \(name)`."
        } else {
            let near = suggestions(name, names: others.map(\.name))
            let places = suggestions(name, names: namespaces)
            if !near.isEmpty { text += " Did you mean \(near)?" }
            if near.isEmpty, !places.isEmpty { text += " Did you mean namespace \(places)?" }
        }
        return text
    }

    /// Names that share their beginning, or most of their letters, with what was said.
    static func suggestions(_ name: String, names: [String]) -> String {
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

    static func severalKinds(_ name: String, kinds: [String], verb: Command.Verb) -> String {
        let list = kinds.map { "\($0) **\(name)**" }.joined(separator: " and ")
        return "There are \(list). Say which one you mean, for example: `\(verb.rawValue) \(kinds[0]) \(name)`."
    }

    static func whichContainer(_ found: FoundObject, containers: [String], image: String) -> String {
        if containers.isEmpty { return "I couldn't find out which containers \(found.title) has." }
        return "Which container of \(found.title) should get `\(image)`? It has \(containers.joined(separator: ", ")). "
            + "Say for example: `set the image of container … of \(found.name) to \(image)`."
    }

    static func podRestart(_ pod: String) -> String {
        "A pod can't be restarted in place. Restart its workload, or say `delete pod \(pod)`: "
            + "its controller then creates a new one."
    }

    static func noRollback(_ name: String) -> String {
        "I can't roll back **\(name)**: no tool for it is offered in this conversation. "
            + "What I can do is to set its image to the version before: `set the image of \(name) to …`."
    }

    static func announcement(_ calls: [PlannedCall]) -> String {
        let texts = calls.map { call -> String in
            let name = (call.arguments["name"] ?? call.arguments["resource_name"] ?? call.arguments["pod_name"])?.string
            let kind =
                (call.arguments["kind"] ?? call.arguments["resource_type"])?.string
                ?? (call.tool == "k8s_logs" ? "pod" : "")
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
