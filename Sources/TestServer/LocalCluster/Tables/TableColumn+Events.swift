import KubeModel

extension TableColumn {
    static let events: [TableColumn] = [
        TableColumn(name: "Last Seen", description: "The time at which the most recent occurrence was recorded.") {
            .string(HumanDuration.text(since: lastSeen($0), now: $1))
        },
        TableColumn(name: "Type", description: "Type of this event (Normal, Warning)") { event, _ in
            event.json["type"] ?? ""
        },
        TableColumn(name: "Reason", description: "A short, machine understandable reason for the transition.") {
            event, _ in event.json["reason"] ?? ""
        },
        TableColumn(name: "Object", description: "The object that this event is about.") { event, _ in
            let about = event.json["involvedObject"]
            let kind = about?["kind"]?.string?.lowercased() ?? ""
            let name = about?["name"]?.string ?? ""
            return .string(name.isEmpty ? kind : "\(kind)/\(name)")
        },
        TableColumn(name: "Subobject", description: "The part of the object that this event is about.", priority: 1) {
            event, _ in event["involvedObject", "fieldPath"] ?? ""
        },
        TableColumn(name: "Source", description: "The component reporting this event.", priority: 1) { event, _ in
            .string(source(event))
        },
        TableColumn(name: "Message", description: "A human-readable description of the status of this operation.") {
            event, _ in .string((event.json["message"]?.string ?? "").trimmedOfWhitespace)
        },
        TableColumn(name: "First Seen", description: "The time at which the event was first recorded.", priority: 1) {
            .string(
                HumanDuration.text(since: time($0, member: "firstTimestamp") ?? time($0, member: "eventTime"), now: $1))
        },
        TableColumn(name: "Count", description: "The number of times this event has occurred.", priority: 1) {
            event, _ in
            JSONValue(event["series", "count"]?.int ?? event.json["count"]?.int ?? 1)
        },
        TableColumn(name: "Name", format: "name", description: name.description, priority: 1) { event, _ in
            .string(event.name)
        },
    ]

    private static func time(_ event: KubeObject, member: String) -> KubeTime? {
        event.json[member]?.string.flatMap { KubeTime($0) }
    }

    private static func lastSeen(_ event: KubeObject) -> KubeTime? {
        event["series", "lastObservedTime"]?.string.flatMap { KubeTime($0) } ?? time(event, member: "lastTimestamp")
            ?? time(event, member: "eventTime") ?? event.creationTimestamp
    }

    private static func source(_ event: KubeObject) -> String {
        let parts = [
            event["source", "component"]?.string ?? event.json["reportingComponent"]?.string,
            event["source", "host"]?.string ?? event.json["reportingInstance"]?.string,
        ]
        return parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

extension String {
    var trimmedOfWhitespace: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
