import KubeModel

/// A column of the server-side tables that `kubectl get` prints.
struct TableColumn: Sendable {
    var name: String
    var type = "string"
    var format = ""
    var description: String
    /// 0 is always shown, 1 only in wide output.
    var priority = 0
    var cell: @Sendable (_ object: KubeObject, _ now: KubeTime) -> JSONValue

    static let name = TableColumn(
        name: "Name", format: "name",
        description:
            "Name must be unique within a namespace. Is required when creating resources, although some resources may "
            + "allow a client to request the generation of an appropriate name automatically. Name is primarily intended "
            + "for creation idempotence and configuration definition. Cannot be updated. More info: "
            + "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
    ) { object, _ in .string(object.name) }

    private static let creationDescription =
        "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
        + "guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It "
        + "is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More "
        + "info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"

    static let age = TableColumn(name: "Age", description: creationDescription) { object, now in
        .string(HumanDuration.text(since: object.creationTimestamp, now: now))
    }

    static let createdAt = TableColumn(name: "Created At", type: "date", description: creationDescription) {
        object, _ in
        object.metadata["creationTimestamp"] ?? .null
    }

    static let standard = [name, age]

    var definition: JSONValue {
        [
            "name": .string(name), "type": .string(type), "format": .string(format),
            "description": .string(description), "priority": JSONValue(priority),
        ]
    }
}
