/// The parts of a description that a diagnosis needs, read tolerantly: as `kubectl describe` prints them, and in the
/// shorter forms of the tools here (`State: Waiting: CrashLoopBackOff, back-off …`, `Ready=False
/// (ContainersNotReady)`).
struct Description: Sendable, Hashable {
    struct Event: Sendable, Hashable {
        var isWarning: Bool
        var reason: String
        var message: String
    }

    struct Container: Sendable, Hashable {
        var name: String
        var image: String?
        /// `Waiting`, `Running` or `Terminated`.
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
    private(set) var initContainers: [Container] = []
    /// Name, readiness and status of pods, where they are listed.
    private(set) var pods: [ObjectRow] = []
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
        containers = Self.containers("Containers", lines: lines)
        initContainers =
            Self.containers("Init Containers", lines: lines) + Self.containers("Init containers", lines: lines)
        pods = Self.section("Pods", lines: lines).compactMap {
            ObjectRow(words: $0.text.split(separator: " ").map(String.init))
        }
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
    private static func section(_ key: String, lines: [Line]) -> [Line] {
        guard let start = lines.firstIndex(where: { $0.key == key }) else { return [] }
        return Array(lines[(start + 1)...].prefix { $0.indent > lines[start].indent })
    }

    private static func containers(_ heading: String, lines: [Line]) -> [Container] {
        let section = section(heading, lines: lines)
        guard let indent = section.first?.indent else { return [] }
        var containers: [Container] = []
        var state = ""
        for line in section {
            if line.indent == indent, line.value.isEmpty {
                containers.append(Container(name: line.key))
                state = ""
            } else if !containers.isEmpty {
                read(line, state: &state, container: &containers[containers.count - 1])
            }
        }
        return containers
    }

    private static func read(_ line: Line, state: inout String, container: inout Container) {
        switch line.key.lowercased() {
        case "image": container.image = line.value
        case "state":
            state = "state"
            let found = State(line.value)
            (container.state, container.reason, container.message) = (found.name, found.reason, found.message)
            if let code = found.exitCode { container.exitCode = code }
        case "last state":
            state = "last state"
            let found = State(line.value)
            container.lastReason = found.reason
            if let code = found.exitCode { container.exitCode = code }
        case "reason" where state == "state": container.reason = line.value
        case "reason" where state == "last state": container.lastReason = line.value
        case "message" where state == "state": container.message = line.value
        case "exit code": container.exitCode = line.value
        case "restart count", "restarts": container.restarts = Int(line.value) ?? 0
        case "ready": state = ""
        default: break
        }
    }

    /// `Waiting`, or all in one line: `Terminated: OOMKilled, exit code 137, finished …`.
    private struct State {
        var name: String
        var reason: String?
        var exitCode: String?
        var message: String?

        init(_ text: String) {
            guard let colon = text.firstRange(of: ": ") else {
                name = text
                return
            }
            name = String(text[..<colon.lowerBound])
            var rest: [String] = []
            for part in text[colon.upperBound...].split(separator: ", ").map(String.init) {
                if part.hasPrefix("exit code ") {
                    exitCode = String(part.dropFirst("exit code ".count))
                } else if reason == nil, rest.isEmpty, !part.contains(" ") {
                    reason = part
                } else if !["started ", "finished ", "signal "].contains(where: part.hasPrefix) {
                    rest.append(part)
                }
            }
            message = rest.isEmpty ? nil : rest.joined(separator: ", ")
        }
    }

    private mutating func readConditions(_ lines: [Line]) {
        for line in Self.section("Conditions", lines: lines) {
            let cells = line.text.split(separator: " ").map(String.init)
            guard let first = cells.first, first != "Type", !first.hasPrefix("-") else { continue }
            let pair = first.split(separator: "=").map { $0.filter { $0 != ":" } }
            let reason = cells.last { $0.hasPrefix("(") }?.filter { !"():".contains($0) }
            if pair.count == 2 {
                conditions.append(Condition(type: pair[0], status: pair[1], reason: reason ?? ""))
            } else if cells.count >= 2 {
                conditions.append(Condition(type: first, status: cells[1], reason: cells.count > 2 ? cells[2] : ""))
            }
        }
    }

    private mutating func readEvents(_ lines: [Line]) {
        events = Self.section("Events", lines: lines).compactMap { Self.dated($0.text) ?? Self.row($0.text) }
    }

    /// `2026-11-21T03:00:00Z Warning BackOff (x12, kubelet): Back-off restarting failed container`
    private static func dated(_ text: String) -> Event? {
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3, ["Normal", "Warning"].contains(words[1]) else { return nil }
        let end = words[2].firstRange(of: ": ")
        let head = end.map { words[2][..<$0.lowerBound] } ?? words[2][...]
        let reason = head.prefix { $0 != " " }
        return Event(
            isWarning: words[1] == "Warning", reason: String(reason),
            message: end.map { String(words[2][$0.upperBound...]) } ?? "")
    }

    /// A row of the table of kubectl.
    private static func row(_ text: String) -> Event? {
        let cells = cells(text)
        guard let type = cells.first, ["Normal", "Warning"].contains(type), cells.count >= 2 else { return nil }
        return Event(
            isWarning: type == "Warning", reason: cells[1], message: cells.count > 2 ? cells[cells.count - 1] : "")
    }

    /// Cells two or more blanks apart; where they are only one apart, type and reason are the first two words.
    private static func cells(_ text: String) -> [String] {
        let wide = text.replacing("\t", with: "  ").split(separator: "  ").map { cell in
            String(cell.drop { $0 == " " })
        }.filter { !$0.isEmpty }
        if wide.count >= 2 { return wide }
        return text.split(separator: " ", maxSplits: 2).map(String.init)
    }

    /// As a selector for pods; nil for none.
    var selector: String? {
        guard let text = fields["Selector"], text != "<none>", !text.isEmpty else { return nil }
        return text
    }

    var warnings: [Event] { events.filter(\.isWarning) }

    /// That the events weren't seen, in a sentence; nil where they were.
    var unseenEvents: String? {
        fields["Events"].flatMap { $0.hasPrefix("can't be") ? "I haven't seen its events: they \($0)." : nil }
    }
}
