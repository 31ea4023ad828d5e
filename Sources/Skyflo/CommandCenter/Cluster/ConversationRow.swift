import KubeModel
import SkyfloAPI

/// A conversation as lists show it: what its printer columns and its metadata say, without its body.
struct ConversationRow: Sendable, Hashable {
    var key: ObjectKey
    var title: String
    /// nil while the operator hasn't written any.
    var phase: ConversationStatus.Phase?
    /// How many calls wait for a decision.
    var pending: Int
    var cost: String
    var creator: String?
    var createdAt: KubeTime?

    /// - Parameter columns: their names, as the table has them.
    init?(_ row: JSONValue, columns: [String]) {
        guard let metadata = row["object", "metadata"], let name = metadata["name"]?.string else { return nil }
        let cells = row["cells"]?.array ?? []
        func cell(_ name: String) -> JSONValue? {
            guard let position = columns.firstIndex(of: name), position < cells.count else { return nil }
            return cells[position]
        }
        key = ObjectKey(namespace: metadata["namespace"]?.string, name: name)
        title = cell("Title")?.string.flatMap { $0.isEmpty ? nil : $0 } ?? name
        phase = cell("Phase")?.string.flatMap(ConversationStatus.Phase.init)
        pending = cell("Pending")?.int ?? 0
        cost = cell("Cost")?.string ?? ""
        creator = metadata["annotations", SkyfloGroup.creatorAnnotation]?.string
        createdAt = metadata["creationTimestamp"]?.string.flatMap { KubeTime($0) }
    }
}

/// Which conversations of a list somebody wants to see.
struct ConversationFilter: Sendable, Hashable {
    /// How many are shown at first, and more each time.
    static let step = 50

    enum State: String, Sendable, CaseIterable {
        case waiting, running, completed, failed, stopped

        var title: String {
            switch self {
            case .waiting: "Awaiting approval"
            case .running: "Running"
            case .completed: "Completed"
            case .failed: "Failed"
            case .stopped: "Stopped"
            }
        }

        func holds(_ row: ConversationRow) -> Bool {
            switch (self, row.phase) {
            case (.waiting, _): row.pending > 0
            case (.running, let phase): phase?.isTerminal != true
            case (.completed, let phase): phase == .completed
            case (.failed, let phase): phase == .failed
            case (.stopped, let phase): phase == .stopped
            }
        }
    }

    var state: State?
    var words = ""
    var namespace: String?
    var shown = step

    init() {}

    /// - Throws: ``BadInput``.
    init(query: [String: String]) throws(BadInput) {
        if let text = query["phase"], !text.isEmpty {
            guard let state = State(rawValue: text) else { throw BadInput("there is no phase \"\(text)\"") }
            self.state = state
        }
        words = query["q"] ?? ""
        guard words.utf8.count <= 256 else { throw BadInput("a search has at most 256 characters") }
        if let text = query["namespace"], !text.isEmpty { namespace = try Self.namespace(text) }
        if let text = query["shown"] {
            guard let number = Int(text), (1...10_000).contains(number) else {
                throw BadInput("shown takes a number from 1 to 10000")
            }
            shown = number
        }
    }

    /// - Throws: ``BadInput`` for what no namespace is called (RFC 1123 label).
    static func namespace(_ text: String) throws(BadInput) -> String {
        let isName = text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isName, (1...63).contains(text.utf8.count), text.first != "-", text.last != "-" else {
            throw BadInput("\"\(text)\" is no name of a namespace")
        }
        return text
    }

    /// The newest first. Every word has to be in title, name or namespace.
    func apply(to rows: [ConversationRow]) -> [ConversationRow] {
        let wanted = words.lowercased().split(separator: " ")
        return rows.filter { row in
            guard state?.holds(row) ?? true else { return false }
            let text = "\(row.title) \(row.key)".lowercased()
            return wanted.allSatisfy(text.contains)
        }.sorted {
            ($1.createdAt?.microseconds ?? 0, $0.key) < ($0.createdAt?.microseconds ?? 0, $1.key)
        }
    }
}

/// A request that can't be carried out as it stands, in a sentence for whoever sent it.
struct BadInput: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
