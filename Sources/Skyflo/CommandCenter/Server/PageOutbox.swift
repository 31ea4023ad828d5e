import KubeModel
import LiveEvents
import Synchronization

/// What a page hasn't been sent yet: the newest state, and what the model said since. However slow the page is, it holds no
/// more than that, and nobody waits for it.
final class PageOutbox: Sendable {
    /// Of what the model says; where more waits, only the newest is told.
    private static let limit = 64 * 1024

    /// Something that is told in order, each in one event of the stream.
    private enum Item: Sendable {
        case token(String)
        case thinking(String)
        case other(name: String, JSONValue)
    }

    private struct State: Sendable {
        var shown = ShownParts()
        var view: ConversationMarkup?
        var items: [Item] = []
        var bytes = 0
        var isHere = false
        var end: String?
    }

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    func show(_ view: ConversationMarkup) {
        state.withLock { $0.view = view }
        wake()
    }

    func beginTurn() {
        state.withLock { state in
            state.items = [.other(name: "turn", [:])]
            state.bytes = 0
        }
        wake()
    }

    /// Events that pages show nothing of are passed over: the state has what came of them.
    func tell(_ event: LiveEvent) {
        state.withLock { state in
            switch event.content {
            case .token(let text, _): Self.add(text, to: &state, as: Item.token)
            case .thinking(let text): Self.add(text, to: &state, as: Item.thinking)
            case .generationStarted, .tokensRetracted, .modelWaits, .takenOver, .generationEnded:
                state.items.append(.other(name: event.kind.rawValue, event.json))
            default: return
            }
        }
        wake()
    }

    private static func add(_ text: String, to state: inout State, as item: (String) -> Item) {
        state.bytes += text.utf8.count
        if state.bytes > limit {
            state.items = [.other(name: "turn", [:])]
            state.bytes = text.utf8.count
        }
        switch (state.items.last, item(text)) {
        case (.token(let before)?, .token): state.items[state.items.count - 1] = .token(before + text)
        case (.thinking(let before)?, .thinking): state.items[state.items.count - 1] = .thinking(before + text)
        default: state.items.append(item(text))
        }
    }

    func sayHere() {
        state.withLock { $0.isHere = true }
        wake()
    }

    /// - Parameter reason: why the page isn't kept up to date any more.
    func end(_ reason: String) {
        state.withLock { $0.end = reason }
        wake()
    }

    /// All that waits, as events of the stream.
    func take() -> (text: String, isLast: Bool) {
        let taken = state.withLock { state in
            let taken = state
            (state.view, state.items, state.bytes, state.isHere) = (nil, [], 0, false)
            return taken
        }
        var text = ""
        for item in taken.items {
            switch item {
            case .token(let words): text += Self.event("token", ["text": .string(words)])
            case .thinking(let words): text += Self.event("thinking", ["text": .string(words)])
            case .other(let name, let json): text += Self.event(name, json)
            }
        }
        if let view = taken.view {
            var shown = taken.shown
            text += shown.update(view) ?? ""
            state.withLock { $0.shown = shown }
        }
        if let reason = taken.end { text += Self.event("end", ["reason": .string(reason)]) }
        if text.isEmpty, taken.isHere { text = ": here\n\n" }
        return (text, taken.end != nil)
    }

    static func event(_ name: String, _ json: JSONValue) -> String {
        "event: \(name)\ndata: \(JSONWriter.string(json))\n\n"
    }
}

/// What a page has, part by part.
struct ShownParts: Sendable {
    private var parts: [ConversationMarkup.Part: HTML] = [:]

    /// The event with what is new; nil where nothing is.
    mutating func update(_ view: ConversationMarkup) -> String? {
        var changed = JSONObject()
        for part in ConversationMarkup.Part.allCases {
            let html = view.html(of: part)
            guard parts[part] != html else { continue }
            parts[part] = html
            changed[part.rawValue] = .string(html.markup)
        }
        guard !changed.isEmpty else { return nil }
        return PageOutbox.event(
            "parts",
            [
                "parts": .object(changed), "title": .string(view.title), "waiting": JSONValue(view.waiting),
                "running": .bool(view.isRunning),
            ])
    }
}
