import KubeModel

/// A write as approvals and transcripts keep it: what exactly would be done, at what, and by whom. An entry of `requests`.
///
/// Members that decide what is done are read as a whole or not at all: a write that was tampered with, or that only a later
/// version understands, isn't carried out in part.
package struct StoredWrite: Sendable, Hashable {
    /// Who carries it out.
    package enum Backend: String, Sendable, JSONCodable {
        case kubernetes = "Kubernetes"
        case exec = "Exec"
        case podStep = "PodStep"
        case jenkins = "Jenkins"
        case mcp = "MCP"
        case release = "Release"
    }

    /// nil in what versions wrote that knew only the API server.
    package var backend: Backend?

    // A request to the API server.
    package var method: String?
    package var path: String?
    package var query: [KubeRequest.QueryItem] = []
    package var contentType: String?
    package var accept: String?
    package var body: String?

    // A command in a container.
    package var command: [String] = []
    package var container: String?
    package var timeoutSeconds: Int?

    /// What is done with a pod that an earlier step creates: `Log` or `Delete`.
    package var podStep: String?

    /// What is done for a release of Helm. What it does to an object is said by the members of a request to the API server,
    /// without the body.
    package var release: StoredReleaseWork?

    // A request to an integration.
    /// Its name in the SkyfloAI.
    package var integration: String?
    package var action: String?
    /// The full name of the job.
    package var job: String?
    package var build: Int?
    /// The queue item, or the question, that it is about.
    package var subject: String?
    /// Names and values, with what the job says of each beside it.
    package var form: [JSONValue] = []
    package var mark: String?

    // A call of an MCP server's tool, whose message is the body.
    /// Its name in the SkyfloAI.
    package var server: String?
    /// As the server calls it.
    package var tool: String?
    /// The digest of the tool's description and schema, as they were accepted.
    package var definition: String?

    package var target: WriteTarget?
    package var previewed: PreviewedContent?
    /// Its part in a sequence; nil for a write that is sent at once with its fellows.
    package var step: WriteStep?

    package init() {}
}

extension StoredWrite: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
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
        members.understand(&release, as: "release")
        members.code(&integration, as: "integration")
        members.code(&action, as: "action")
        members.code(&job, as: "job")
        members.code(&build, as: "build")
        members.code(&subject, as: "subject")
        members.understand(&form, as: "form")
        members.code(&mark, as: "mark")
        members.code(&server, as: "server")
        members.code(&tool, as: "tool")
        members.code(&definition, as: "definition")
        members.code(&target, as: "target")
        members.code(&previewed, as: "previewed")
        members.understand(&step, as: "step")
    }
}

extension KubeRequest.QueryItem: JSONRecord {
    package init() { self.init("", value: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&name, as: "name")
        members.require(&value, as: "value")
    }
}
