import KubeModel

/// What a planned request changes, as far as it is needed to take it back. Made from the object as it was and the server's
/// dry run, so it is known, and can be stored, before the request is sent.
package struct ChangeRecord: Sendable, Hashable {
    package enum Kind: String, Sendable { case created = "Created", changed = "Changed", deleted = "Deleted" }

    /// A place in the object, with what stood there. nil: nothing.
    package struct Field: Sendable, Hashable {
        /// Members, and positions in lists.
        package var path: [String]
        package var before: JSONValue?
        package var after: JSONValue?
    }

    package var kind: Kind
    /// The uid is empty for what is created.
    package var target: PlannedRequest.Target
    /// `scale` where the request went there.
    package var subresource: String?
    /// What a change wrote.
    package var fields: [Field] = []
    /// Names of list elements on the way to the fields: where others stand there by now, it is another field.
    package var anchors: [Field] = []
    /// What a deletion took away, without what the server makes itself.
    package var object: JSONValue?
    /// Why it can't be taken back; nil where it can.
    package var obstacle: String?
    /// The call of a tool that takes it back, where that is more than one request.
    package var reversal: Reversal?
    /// Whether it is part of a change that is taken back as a whole, by another record.
    package var isPart = false

    /// A call of a tool.
    package struct Reversal: Sendable, Hashable {
        package var tool: String
        package var arguments: JSONValue
    }

    /// A change that a tool takes back.
    init(_ kind: Kind, target: PlannedRequest.Target, reversal: Reversal?, obstacle: String? = nil) {
        (self.kind, self.target, self.reversal, self.obstacle) = (kind, target, reversal, obstacle)
    }

    /// Values that look like credentials are in no record: then it has no content.
    ///
    /// - Parameter after: what the dry run says; nil for a deletion.
    init(_ planned: PlannedRequest, after: KubeObject?, redactor: Redactor) {
        self.init(planned, after: after, shown: RedactedChange(planned, after: after, redactor: redactor))
    }

    init(_ planned: PlannedRequest, after: KubeObject?, shown: RedactedChange) {
        self.init(planned, after: after)
        guard holdsCredentials(shown) else { return }
        self = withoutContent("it contains what looks like credentials, which are not stored")
    }

    private func holdsCredentials(_ change: RedactedChange) -> Bool {
        let redactor = change.redactor
        if let object { return redactor.redact(json: object) != object }
        let shownBefore = change.before?.shown.json ?? .null
        let shownAfter = change.after?.shown.json ?? .null
        return fields.contains { field in
            let text = JSONWriter.string(.array([field.before ?? .null, field.after ?? .null]))
            return redactor.replace(change.known, in: text) != text
                || JSONPatch.value(at: field.path[...], of: shownBefore) != field.before
                || JSONPatch.value(at: field.path[...], of: shownAfter) != field.after
        }
    }

    private init(_ planned: PlannedRequest, after: KubeObject?) {
        target = planned.target
        if planned.request.method == .delete {
            kind = .deleted
            (object, obstacle) = Self.preimage(planned)
        } else if planned.target.uid.isEmpty {
            kind = .created
        } else {
            kind = .changed
            let path = planned.target.resource.path(namespace: target.namespace, name: target.name)
            if planned.request.path == path + "/scale" { subresource = "scale" }
            let changes = FieldChanges(from: planned.before, to: after, status: planned.statusMembers)
            obstacle =
                planned.request.path == path + "/ephemeralcontainers"
                ? "an ephemeral container stays in its pod" : planned.undoObstacle
            (fields, anchors) = (changes.fields, changes.anchors)
        }
    }

    private static func preimage(_ planned: PlannedRequest) -> (JSONValue?, String?) {
        if planned.target.resource.isSame(as: .secrets) {
            return (nil, "the values of a Secret are not stored")
        }
        do {
            return (try DeletedObjectRestore.body(of: planned.before), nil)
        } catch {
            return (nil, error.message)
        }
    }

    /// The record without what takes room.
    package func withoutContent(_ obstacle: String) -> ChangeRecord {
        var record = self
        record.fields = []
        record.anchors = []
        record.object = nil
        record.obstacle = obstacle
        return record
    }
}

extension ChangeRecord {
    package var json: JSONValue {
        .compact([
            "kind": .string(kind.rawValue), "target": target.json, "subresource": subresource.map(JSONValue.string),
            "fields": fields.isEmpty ? nil : .array(fields.map(\.json)),
            "anchors": anchors.isEmpty ? nil : .array(anchors.map(\.json)), "object": object,
            "obstacle": obstacle.map(JSONValue.string),
            "reversal": reversal.map { ["tool": .string($0.tool), "arguments": $0.arguments] },
        ])
    }

    /// nil for what ``json`` doesn't write.
    package init?(json: JSONValue) {
        guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)),
            let target = json["target"].flatMap(PlannedRequest.Target.init(json:))
        else { return nil }
        self.kind = kind
        self.target = target
        subresource = json["subresource"]?.string
        fields = (json["fields"]?.array ?? []).map(Field.init(json:))
        anchors = (json["anchors"]?.array ?? []).map(Field.init(json:))
        object = json["object"]
        obstacle = json["obstacle"]?.string
        reversal = json["reversal"].flatMap { reversal in
            reversal["tool"]?.string.map { Reversal(tool: $0, arguments: reversal["arguments"] ?? [:]) }
        }
    }
}

extension ChangeRecord.Field {
    var json: JSONValue { .compact(["path": JSONValue(path), "before": before, "after": after]) }

    init(json: JSONValue) {
        path = json["path"]?.array?.compactMap(\.string) ?? []
        before = json["before"]
        after = json["after"]
    }

    /// `spec.template.spec.containers.0.image`
    var text: String { path.joined(separator: ".") }
}
