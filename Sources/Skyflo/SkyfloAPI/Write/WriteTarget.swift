/// The object that a write is aimed at, as approvals and changes name it.
public struct WriteTarget: Sendable, Hashable {
    public var group: String?
    public var version: String?
    /// Its plural: `deployments`.
    public var resource: String?
    public var kind: String?
    public var namespace: String?
    public var name: String?
    /// Empty for what is created.
    public var uid: String?
    public var resourceVersion: String?

    public init() {}
}

extension WriteTarget: JSONRecord {
    public mutating func code(_ members: inout JSONMembers) {
        members.code(&group, as: "group")
        members.code(&version, as: "version")
        members.code(&resource, as: "resource")
        members.code(&kind, as: "kind")
        members.code(&namespace, as: "namespace")
        members.code(&name, as: "name")
        members.code(&uid, as: "uid")
        members.code(&resourceVersion, as: "resourceVersion")
    }
}
