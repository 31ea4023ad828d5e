/// Answers about lists.
extension Answers {
    static func list(_ command: Command, text: String) -> String {
        let list = ListText(text)
        if list.isNothing { return none(command, list: list) }
        if command.isOne { return quoted("Here it is:", text: text) }
        if text.allSatisfy(\.isWhitespace) {
            return "The tool returned an empty text for the \(plural(command))\(place(command))."
        }
        // What can't be read is told as it is; that there is nothing only the tool can say.
        guard command.output == nil || command.output == "wide", list.tables.contains(where: { !$0.rows.isEmpty })
        else { return quoted("Here they are:", text: text) }
        return rows(of: list, for: command)
    }

    static func plural(_ command: Command) -> String {
        let kind = command.kind ?? ""
        return Vocabulary.kinds[kind] == nil ? kind : Vocabulary.plural(kind)
    }

    /// - Parameter list: with what the tool says about it, such as that there is no such namespace.
    private static func none(_ command: Command, list: ListText) -> String {
        if let sentence = plainNone(command, list: list) { return sentence }
        let remarks = list.remarks
        let what =
            (command.isOne ? "\(command.kind ?? "object") **\(command.name ?? "")**" : plural(command)) + place(command)
        if remarks.isEmpty { return "There \(command.isOne ? "is" : "are") no \(what)." }
        return quoted("The tool found no \(what), and says:", text: remarks.joined(separator: "\n"))
    }

    /// Where the tool says nothing but that there are none: the same, with the group and the namespace that it names.
    private static func plainNone(_ command: Command, list: ListText) -> String? {
        let (end, anywhere) = (".", " in any namespace")
        guard !command.isOne, command.selector == nil, command.fields == nil, list.remarks.count == 1,
            let remark = list.remarks.first, remark.hasSuffix(end),
            // The second is what transcripts of earlier versions have.
            let lead = ["no ", "there are no "].first(where: remark.hasPrefix)
        else { return nil }
        var what = remark.dropFirst(lead.count).dropLast(end.count)
        if what.hasSuffix(anywhere) { what = what.dropLast(anywhere.count) }
        guard what.prefix(while: { $0 != "." }) == plural(command), !what.contains(" ") else { return nil }
        if command.allNamespaces { return "There are no \(what) in any namespace." }
        let namespace = command.namespace ?? list.emptyNamespace
        return "There are no \(what)" + (namespace.map { " in namespace **\($0)**." } ?? ".")
    }

    /// That not everything was seen.
    static func cutNote(_ list: ListText) -> String {
        list.isCut ? "\n\nThe list was cut, so I haven't seen all of them." : ""
    }

    static func noNamespace(_ namespace: String, existing names: [String]) -> String {
        let near = suggestions(namespace, names: names)
        let all = names.map { "**\($0)**" }.joined(separator: ", ")
        let hint = near.isEmpty ? (names.count > 12 ? "" : " There are \(all).") : " Did you mean \(near)?"
        return "Namespace **\(namespace)** doesn't exist." + hint
    }

    private static func rows(of list: ListText, for command: Command) -> String {
        let choice = RowChoice(command)
        let chosen = list.tables.map(choice.chosen)
        let all = list.tables.map(\.rows.count).reduce(0, +)
        let count = chosen.map(\.rows.count).reduce(0, +)
        let total = "\(list.isCut ? "at least " : "")\(all)"
        if count == 0 { return noneOf(total, in: list, for: command) }
        let isJudged = choice.judges(list.tables)
        let what =
            (isJudged ? filterText(command.filter) : "") + plural(command)
            + (command.name.map { " of **\($0)**" } ?? "") + place(command)
        let isOnly = count == 1 && !list.isCut
        let lead = isOnly ? "There is one of the \(what)" : "There are \(list.isCut ? "at least " : "")\(count) \(what)"
        let parts = [lead + warnings(chosen, of: count)]
        let remarks =
            (isJudged ? [] : ["The table doesn't say which of them are \(filterText(command.filter).dropLast())."])
            + (command.isCount && list.isCut ? [] : list.remarks)
        let text = chosen.filter { !$0.rows.isEmpty }.map(\.text).joined(separator: "\n\n")
        let first = command.isCount ? parts[0] + "." : quoted(parts[0] + ":", text: text)
        return ([first] + remarks).joined(separator: "\n\n")
    }

    private static func warnings(_ tables: [TextTable], of count: Int) -> String {
        let warnings = tables.map(RowChoice.warnings).reduce(0, +)
        guard warnings > 0, warnings < count else { return "" }
        return ", \(warnings) of them \(warnings == 1 ? "a warning" : "warnings")"
    }

    /// Nothing that was listed is what was asked for: with a name, that may be a word that was taken for one.
    private static func noneOf(_ total: String, in list: ListText, for command: Command) -> String {
        let listed = "None of the \(plural(command))\(place(command)) (\(total) listed)"
        guard let name = command.name else {
            switch command.filter {
            case .warnings: return "\(listed) is a warning."
            case .restarted: return "\(listed) has been restarted."
            default: return "\(listed) is \(filterText(command.filter).dropLast())."
            }
        }
        let text = "\(listed) belongs to anything named **\(name)**, which I took for the name of an object."
        if command.isCount { return text }
        let tables = list.tables.map { RowChoice(Command(verb: .list)).chosen($0).text }
        return quoted("\(text) This is all of them:", text: tables.joined(separator: "\n\n"))
    }

    private static func filterText(_ filter: Command.Filter?) -> String {
        switch filter {
        case nil: ""
        case .running: "running "
        case .unhealthy: "unhealthy "
        case .pending: "pending "
        case .restarted: "restarted "
        case .warnings: "warning "
        }
    }

    static func place(_ command: Command) -> String {
        let labels =
            (command.selector.map { " with the labels `\($0)`" } ?? "")
            + (command.fields.map { " with the fields `\($0)`" } ?? "")
        if command.allNamespaces { return labels + " in all namespaces" }
        return labels + (command.namespace.map { " in namespace **\($0)**" } ?? "")
    }
}
