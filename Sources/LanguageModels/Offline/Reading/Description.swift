/// The parts of `kubectl describe` that a diagnosis needs, read tolerantly.
struct Description: Sendable, Hashable {
    struct Event: Sendable, Hashable {
        var isWarning: Bool
        var reason: String
        var message: String
    }

    struct Container: Sendable, Hashable {
        var name: String
        var image: String?
        /// `Waiting` with its reason, `Terminated` with its reason: of the state now, then of the one before.
        var state: String?
        var reason: String?
        var message: String?
        var lastReason: String?
        var exitCode: String?
        var restarts = 0
    }

    struct Condition: Sendable, Hashable {
        var type: String
        var status: String
        var reason: String
    }

    private(set) var fields: [String: String] = [:]
    private(set) var containers: [Container] = []
    private(set) var conditions: [Condition] = []
    private(set) var events: [Event] = []

    private struct Line {
        var indent: Int
        var key: String
        var value: String
        var text: String
    }

    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { Self.line(String($0)) }
        for line in lines where line.indent == 0 && !line.value.isEmpty { fields[line.key] = line.value }
        readContainers(lines)
        readConditions(lines)
        readEvents(lines)
    }

    private static func line(_ text: String) -> Line {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        let colon = trimmed.firstIndex(of: ":")
        let key = colon.map { String(trimmed[..<$0]) } ?? ""
        let value = colon.map { trimmed[trimmed.index(after: $0)...].drop { $0 == " " || $0 == "\t" } } ?? ""
        return Line(indent: text.count - trimmed.count, key: key, value: String(value), text: String(trimmed))
    }

    /// The lines below a heading, up to the next line that stands as far left.
    private static func section(_ key: String, _ lines: [Line]) -> [Line] {
        guard let start = lines.firstIndex(where: { $0.key == key }) else { return [] }
        return Array(lines[(start + 1)...].prefix { $0.indent > lines[start].indent })
    }

    private mutating func readContainers(_ lines: [Line]) {
        let section = Self.section("Containers", lines)
        guard let indent = section.first?.indent else { return }
        var state = ""
        for line in section {
            if line.indent == indent, line.value.isEmpty {
                containers.append(Container(name: line.key))
                state = ""
            } else if !containers.isEmpty {
                Self.read(line, &state, &containers[containers.count - 1])
            }
        }
    }

    private static func read(_ line: Line, _ state: inout String, _ container: inout Container) {
        switch line.key {
        case "Image": container.image = line.value
        case "State":
            state = "State"
            container.state = line.value
        case "Last State": state = "Last State"
        case "Reason" where state == "State": container.reason = line.value
        case "Reason" where state == "Last State": container.lastReason = line.value
        case "Message" where state == "State": container.message = line.value
        case "Exit Code": container.exitCode = line.value
        case "Restart Count": container.restarts = Int(line.value) ?? 0
        case "Ready": state = ""
        default: break
        }
    }

    private mutating func readConditions(_ lines: [Line]) {
        for line in Self.section("Conditions", lines) {
            let cells = line.text.split(separator: " ").map(String.init)
            guard cells.count >= 2, cells[0] != "Type", !cells[0].hasPrefix("-") else { continue }
            conditions.append(Condition(type: cells[0], status: cells[1], reason: cells.count > 2 ? cells[2] : ""))
        }
    }

    private mutating func readEvents(_ lines: [Line]) {
        for line in Self.section("Events", lines) {
            let cells = Self.cells(line.text)
            guard let type = cells.first, ["Normal", "Warning"].contains(type), cells.count >= 2 else { continue }
            let message = cells.count > 2 ? cells[cells.count - 1] : ""
            events.append(Event(isWarning: type == "Warning", reason: cells[1], message: message))
        }
    }

    /// Cells two or more blanks apart; where they are only one apart, type and reason are the first two words.
    private static func cells(_ text: String) -> [String] {
        let wide = text.replacing("\t", with: "  ").split(separator: "  ").map { cell in
            String(cell.drop { $0 == " " })
        }.filter { !$0.isEmpty }
        if wide.count >= 2 { return wide }
        return text.split(separator: " ", maxSplits: 2).map(String.init)
    }

    /// As a selector for pods; nil for none, or where it is more than a list of labels.
    var selector: String? {
        guard let text = fields["Selector"], text != "<none>", !text.isEmpty, !text.contains(" ") else { return nil }
        return text
    }

    var warnings: [Event] { events.filter(\.isWarning) }
}
