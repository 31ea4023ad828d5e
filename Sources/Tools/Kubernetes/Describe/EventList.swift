import KubeClient
import KubeModel

/// The newest events about an object.
enum EventList {
    private static let limit = 25

    static func write(about target: LiveTarget, _ context: ToolContext, _ outline: inout Outline) async throws {
        let object = target.object
        let selector = "involvedObject.kind=\(object.kind),involvedObject.name=\(object.name)"
        // Events about cluster-scoped objects are kept in the namespace default.
        let found = try await context.listIfAllowed(
            .events, namespace: target.namespace ?? "default", ListOptions(fieldSelector: selector, limit: 500))
        guard let found else { return outline.field("Events", "can't be listed") }
        // The kubelet writes a node's name where its uid should be.
        let own = found.filter { ["", object.uid, object.name].contains($0["involvedObject", "uid"]?.string ?? "") }
        let events = own.map { ($0, $0.eventTime) }.sorted { $0.1 < $1.1 }.map(\.0)
        guard !events.isEmpty else { return outline.field("Events", "none") }
        outline.section("Events") { outline in
            if events.count > limit { outline.line("… \(events.count - limit) earlier") }
            for event in events.suffix(limit) { outline.line(text(event, context.redactor)) }
        }
    }

    /// `2026-11-21T03:00:00Z Warning BackOff (x12, kubelet): Back-off restarting failed container`
    private static func text(_ event: KubeObject, _ redactor: Redactor) -> String {
        let count = event["series", "count"]?.int ?? event["count"]?.int ?? 1
        let source = event["source", "component"]?.string ?? event["reportingComponent"]?.string ?? ""
        let details = ([count > 1 ? "x\(count)" : ""] + [source]).filter { !$0.isEmpty }.joined(separator: ", ")
        let head = "\(event.eventTime) \(event["type"]?.string ?? "") \(event["reason"]?.string ?? "")"
        let message = (event["message"]?.string ?? "").replacing("\n", with: " ")
        return "\(head)\(details.isEmpty ? "" : " (\(details))"): \(redactor.redact(text: message))"
    }
}
