/// The object that a write is aimed at, as approvals and changes name it.
package struct WriteTarget: Sendable, Hashable {
    package var group: String?
    package var version: String?
    /// Its plural: `deployments`.
    package var resource: String?
    package var kind: String?
    package var namespace: String?
    package var name: String?
    /// Empty for what is created.
    package var uid: String?
    package var resourceVersion: String?

    package init() {}
}

extension WriteTarget: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
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
