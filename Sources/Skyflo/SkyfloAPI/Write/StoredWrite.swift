public import KubeModel

/// A write as approvals and transcripts keep it: what exactly would be done, at what, and by whom. An entry of `requests`.
///
/// Members that decide what is done are read as a whole or not at all: a write that was tampered with, or that only a later
/// version understands, isn't carried out in part.
public struct StoredWrite: Sendable, Hashable {
    /// Who carries it out.
    public enum Backend: String, Sendable, JSONCodable {
        case kubernetes = "Kubernetes"
        case exec = "Exec"
        case podStep = "PodStep"
    }

    /// nil in what versions wrote that knew only the API server.
    public var backend: Backend?

    // A request to the API server.
    public var method: String?
    public var path: String?
    public var query: [KubeRequest.QueryItem] = []
    public var contentType: String?
    public var accept: String?
    public var body: String?

    // A command in a container.
    public var command: [String] = []
    public var container: String?
    public var timeoutSeconds: Int?

    /// What is done with a pod that an earlier step creates: `Log` or `Delete`.
    public var podStep: String?

    public var target: WriteTarget?
    public var previewed: PreviewedContent?
    /// Its part in a sequence; nil for a write that is sent at once with its fellows.
    public var step: WriteStep?

    public init() {}
}

extension StoredWrite: JSONRecord {
    public mutating func code(_ members: inout JSONMembers) {
        members.understand(&backend, as: "backend")
        members.code(&method, as: "method")
        members.code(&path, as: "path")
        members.understand(&query, as: "query")
        members.code(&contentType, as: "contentType")
        members.code(&accept, as: "accept")
        members.code(&body, as: "body")
        members.understand(&command, as: "command")
        members.code(&container, as: "container")
        members.code(&timeoutSeconds, as: "timeoutSeconds")
        members.code(&podStep, as: "podStep")
        members.code(&target, as: "target")
        members.code(&previewed, as: "previewed")
        members.understand(&step, as: "step")
    }
}

extension KubeRequest.QueryItem: JSONRecord {
    public init() { self.init("", value: "") }

    public mutating func code(_ members: inout JSONMembers) {
        members.require(&name, as: "name")
        members.require(&value, as: "value")
    }
}
