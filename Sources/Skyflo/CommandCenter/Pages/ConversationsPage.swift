import KubeModel
import SkyfloAPI

/// All conversations that somebody may list, the newest first, by day.
struct ConversationsPage {
    let frame: Frame
    let filter: ConversationFilter
    let listing: Person.Listing
    let now: KubeTime

    var html: HTML {
        let found = filter.apply(to: listing.rows)
        let waiting = listing.rows.reduce(0) { $0 + $1.pending }
        return frame.page(
            title: "Conversations", waiting: waiting,
            heading: HTML(joining: [
                HTML(.h1, .class("grow")) { "Conversations" },
                HTML(.a, .class("btn small main-act"), .href(Route.new.link)) {
                    HTML.icon(.plus)
                    "New"
                },
            ])
        ) {
            HTML(.div, .class("page")) {
                if waiting > 0 { waitingLine(waiting) }
                search
                HTML(.p, .class("meta bar"), .set(.role, to: "status")) { count(of: found.count) }
                if found.isEmpty { nothing } else { table(found) }
                if found.count > filter.shown { more }
            }
        }
    }

    private func waitingLine(_ count: Int) -> HTML {
        HTML(.p, .class("bar row")) {
            HTML.pill(
                count == 1 ? "1 change waits for a decision" : "\(count) changes wait for a decision", kind: "gate",
                icon: .gate)
            HTML(.a, .class("btn small"), .href(Route.waiting.link)) { "Look at what waits for me" }
        }
    }

    private func count(of found: Int) -> String {
        var text = found == 1 ? "1 conversation" : "\(found) conversations"
        if listing.isCut { text += " of the first \(listing.rows.count); name a namespace to see others" }
        return text
    }

    private var search: HTML {
        HTML(.form, .class("bar row wrap"), .set(.role, to: "search"), .action(Route.conversations.link)) {
            HTML(.div, .class("find")) {
                HTML.icon(.find)
                HTML(.label, .class("vh"), .set(.forElement, to: "q")) { "Search titles" }
                HTML(
                    .input, .class("input"), .id("q"), .set(.name, to: "q"), .set(.type, to: "search"),
                    .set(.placeholder, to: "Search titles and names"), .set(.value, to: filter.words))
            }
            HTML(.label, .class("vh"), .set(.forElement, to: "phase")) { "Phase" }
            HTML(.select, .class("input sel"), .id("phase"), .set(.name, to: "phase")) {
                HTML(.option, .set(.value, to: "")) { "All phases" }
                for state in ConversationFilter.State.allCases {
                    HTML(.option, .set(.value, to: state.rawValue), .flag(.selected, if: state == filter.state)) {
                        state.title
                    }
                }
            }
            HTML(.label, .class("vh"), .set(.forElement, to: "namespace")) { "Namespace" }
            HTML(
                .input, .class("input sel"), .id("namespace"), .set(.name, to: "namespace"),
                .set(.list, to: "namespaces"), .set(.placeholder, to: "All namespaces"),
                .set(.value, to: filter.namespace ?? ""))
            HTML.choices(listing.namespaces, id: "namespaces")
            HTML(.button, .class("btn")) { "Show" }
        }
    }

    private var nothing: HTML {
        HTML(.div, .class("card blank")) {
            HTML(.h3) { listing.rows.isEmpty ? "No conversations yet" : "Nothing matches" }
            HTML(.p) {
                if !listing.rows.isEmpty {
                    "Take away a filter to see more."
                } else if listing.namespaces.isEmpty {
                    "You may list conversations in no namespace that is known here. Name one above."
                } else {
                    "Ask something: reading starts at once, and every change waits for an approval."
                }
            }
            HTML(.a, .class("btn"), .href(Route.new.link)) { "New conversation" }
        }
    }

    private var more: HTML {
        var query: [(name: String, value: String)] = [
            ("shown", String(min(10_000, filter.shown + ConversationFilter.step)))
        ]
        if !filter.words.isEmpty { query.append(("q", filter.words)) }
        if let state = filter.state { query.append(("phase", state.rawValue)) }
        if let namespace = filter.namespace { query.append(("namespace", namespace)) }
        return HTML(.a, .class("btn small"), .href(Route.conversations.link(query: query))) { "Show older" }
    }

    // MARK: The table

    private func table(_ rows: [ConversationRow]) -> HTML {
        HTML(.div, .class("card")) {
            HTML(.table, .class("tbl hist")) {
                HTML(.caption, .class("vh")) { "Conversations by day" }
                HTML(.thead) {
                    HTML(.tr) {
                        HTML(.th, .set(.scope, to: "col")) { "Title" }
                        HTML(.th, .set(.scope, to: "col"), .class("c-state")) { "Phase" }
                        HTML(.th, .set(.scope, to: "col"), .class("c-ns")) { "Namespace" }
                        HTML(.th, .set(.scope, to: "col"), .class("c-by")) { "Asked by" }
                        HTML(.th, .set(.scope, to: "col"), .class("c-n num")) { "Cost" }
                        HTML(.th, .set(.scope, to: "col"), .class("c-t num")) { "Asked" }
                    }
                }
                HTML(joining: days(rows.prefix(filter.shown)))
            }
        }
    }

    private func days(_ rows: some Sequence<ConversationRow>) -> [HTML] {
        var days: [(name: String, rows: HTML)] = []
        for row in rows {
            let day = row.createdAt.map { String("\($0)".prefix(10)) } ?? "?"
            if days.last?.name != day { days.append((day, .empty)) }
            days[days.count - 1].rows.append(html(row))
        }
        return days.map { day in
            HTML(.tbody) {
                HTML(.tr) {
                    HTML(.th, .class("day"), .set(.scope, to: "rowgroup"), .set(.colspan, to: "6")) {
                        name(ofDay: day.name)
                    }
                }
                day.rows
            }
        }
    }

    private func name(ofDay day: String) -> String {
        switch day {
        case "\(now)".prefix(10): "Today (UTC)"
        case "\(now.adding(seconds: -86_400))".prefix(10): "Yesterday"
        default: day
        }
    }

    private func html(_ row: ConversationRow) -> HTML {
        HTML(.tr) {
            HTML(.td) { HTML(.a, .href(Route.conversation(row.key).link)) { row.title } }
            HTML(.td, .class("c-state")) { PhaseMarkup(row.phase, pending: row.pending).html }
            HTML(.td, .class("c-ns")) { row.key.namespace ?? "" }
            HTML(.td, .class("c-by")) { row.creator ?? "" }
            HTML(.td, .class("c-n num")) { row.cost }
            HTML(.td, .class("c-t num")) { row.createdAt.map { HTML.time("\($0)") } ?? .empty }
        }
    }
}

extension HTML {
    /// What an input proposes.
    static func choices(_ values: [String], id: String) -> HTML {
        HTML(.datalist, .id(id)) {
            for value in values { HTML(.option, .set(.value, to: value)) }
        }
    }
}

/// A phase: a word and a shape.
struct PhaseMarkup {
    let phase: ConversationStatus.Phase?
    let pending: Int

    init(_ phase: ConversationStatus.Phase?, pending: Int) {
        self.phase = phase
        self.pending = pending
    }

    var html: HTML {
        if pending > 0 { return HTML.pill("Awaiting approval", kind: "gate", icon: .gate) }
        return switch phase {
        case .completed: HTML.pill("Completed", kind: "ok", icon: .check)
        case .failed: HTML.pill("Failed", kind: "bad", icon: .x)
        case .stopped: HTML.pill("Stopped", kind: "", icon: .stop)
        case nil, .pending: HTML.pill("Pending", kind: "run")
        case .planning: HTML.pill("Planning", kind: "run")
        case .awaitingApproval: HTML.pill("Awaiting approval", kind: "gate", icon: .gate)
        case .executing: HTML.pill("Executing", kind: "run")
        case .verifying: HTML.pill("Verifying", kind: "run")
        case .waiting: HTML.pill("Waiting", kind: "run")
        }
    }
}
