import KubeClient
import KubeModel
import Writes

/// The newest events about an object, the warnings before the others.
package enum EventList {
    private static let limit = 25
    private static let messageLength = 1024

    /// - Parameter room: bytes that the section may have.
    package static func write(
        about target: LiveTarget, room: Int, in context: ToolContext, outline: inout Outline
    ) async throws {
        let object = target.object
        let selector = "involvedObject.kind=\(object.kind),involvedObject.name=\(object.name)"
        // Events about cluster-scoped objects are kept in the namespace default.
        let namespace = target.namespace ?? "default"
        let read = try await context.api.readable {
            try await context.api.listAll(.events, namespace: namespace, options: ListOptions(fieldSelector: selector))
                .items
        }
        switch read {
        case .failure(let unreadable): outline.field("Events", value: "can't be listed: \(unreadable.reason)")
        case .success(let found): write(found, about: object, room: room, redactor: context.redactor, to: &outline)
        }
    }

    private static func write(
        _ found: [KubeObject], about object: KubeObject, room: Int, redactor: Redactor, to outline: inout Outline
    ) {
        // The kubelet writes a node's name where its uid should be.
        let own = found.filter { ["", object.uid, object.name].contains($0["involvedObject", "uid"]?.string ?? "") }
        let others = found.count - own.count
        let note = others > 0 ? "\(others) about an earlier \(object.kind) of this name" : nil
        guard !own.isEmpty else {
            return outline.field("Events", value: note.map { "none about this one; \($0)" } ?? "none")
        }
        let kept = chosen(own, room: room, redactor: redactor)
        outline.section("Events") { outline in
            let missing = own.count - kept.count
            if missing > 0 {
                let warnings = own.count { isWarning($0) } - kept.count { isWarning($0.event) }
                outline.line(
                    "… left out: \(missing) earlier, of which \(warnings) warnings; for all: k8s_get events with "
                        + "field_selector involvedObject.name=\(object.name)")
            }
            if let note { outline.line("… left out: \(note)") }
            for (_, text) in kept { outline.line(text) }
        }
    }

    /// Those that fit: the newest warnings, then the newest of the others; in the order in which they came.
    private static func chosen(
        _ events: [KubeObject], room: Int, redactor: Redactor
    ) -> [(event: KubeObject, text: String)] {
        let dated = events.map { ($0, $0.eventTime) }.sorted { $0.1 < $1.1 }.map(\.0)
        let newest = dated.indices.reversed()
        let order = newest.filter { isWarning(dated[$0]) } + newest.filter { !isWarning(dated[$0]) }
        var used = 0
        let kept = order.prefix(limit).map { ($0, text(dated[$0], redactor: redactor)) }.prefix { _, text in
            used += text.utf8.count + 3
            return used <= room
        }
        return kept.sorted { $0.0 < $1.0 }.map { (event: dated[$0.0], text: $0.1) }
    }

    private static func isWarning(_ event: KubeObject) -> Bool { event["type"]?.string == "Warning" }

    /// `2026-11-21T03:00:00Z Warning BackOff (x12, kubelet): Back-off restarting failed container`
    private static func text(_ event: KubeObject, redactor: Redactor) -> String {
        let count = event["series", "count"]?.int ?? event["count"]?.int ?? 1
        let source = event["source", "component"]?.string ?? event["reportingComponent"]?.string ?? ""
        let details = ([count > 1 ? "x\(count)" : ""] + [source]).filter { !$0.isEmpty }.joined(separator: ", ")
        let head = "\(event.eventTime) \(event["type"]?.string ?? "") \(event["reason"]?.string ?? "")"
        let message = redactor.redact(text: (event["message"]?.string ?? "").replacing("\n", with: " "))
        return "\(head)\(details.isEmpty ? "" : " (\(details))"): \(OutputLimit.shorten(message, to: messageLength))"
    }
}
