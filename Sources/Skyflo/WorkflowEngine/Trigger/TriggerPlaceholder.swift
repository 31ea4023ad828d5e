import SkyfloAPI

/// What stands for something else in the message of a trigger: `${alerts}`. `$${` is `${`.
///
/// None stands for a text that somebody else wrote, but for ``alerts``, which is quoted as data: who may write a label of an
/// alert can't write between the words of the trigger.
package enum TriggerPlaceholder: String, Sendable, CaseIterable {
    /// The trigger's name.
    case trigger
    /// The SkyfloAI's, as NAMESPACE/NAME.
    case skyfloAI
    /// The namespace of the Conversation.
    case namespace
    /// When it was due, or since when the alerts fire; in UTC.
    case time
    /// `firing` or `resolved`.
    case status
    /// How many alerts there are.
    case alertCount
    /// The alerts, quoted as data. Where it's missing they come after the message.
    case alerts

    /// Those of cron triggers.
    static let ofSchedules: Set<TriggerPlaceholder> = [.trigger, .skyfloAI, .namespace, .time]

    package struct Problem: Error, Sendable, Hashable {
        package var message: String
    }

    /// Whether the placeholders of a message can be replaced.
    package static func check(_ message: String, of source: TriggerSettings.Source) throws(Problem) {
        _ = try replace(in: message, allowed: allowed(for: source)) { _ in "" }
    }

    static func allowed(for source: TriggerSettings.Source) -> Set<TriggerPlaceholder> {
        if case .cron = source { ofSchedules } else { Set(allCases) }
    }

    static func replace(
        in message: String, allowed: Set<TriggerPlaceholder>, by value: (TriggerPlaceholder) -> String
    ) throws(Problem) -> String {
        var result = ""
        var rest = Substring(message)
        while let start = rest.firstRange(of: "${") {
            if rest[..<start.lowerBound].last == "$" {
                result += rest[..<start.lowerBound].dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw Problem(message: "the message has a ${ without }; write $${ for the characters themselves")
            }
            let name = String(rest[start.upperBound..<end])
            guard let placeholder = TriggerPlaceholder(rawValue: name), allowed.contains(placeholder) else {
                let names = allCases.filter(allowed.contains).map { "${\($0.rawValue)}" }.joined(separator: ", ")
                let shown = QuotedData.line(name, to: 40)
                throw Problem(message: "the message has ${\(shown)}, which stands for nothing here; there are \(names)")
            }
            result += value(placeholder)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
