import ArgumentParser

/// The one program: the operator, and an API server on loopback to try it with.
@main
struct Skyflo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skyflo",
        abstract: "An AI co-pilot for cloud and DevOps work that lives in the cluster.",
        discussion: """
            Conversations are Kubernetes objects: apply one, and the operator works on it. It stops before every change until \
            somebody approves it in the object's status.
            """,
        version: Version.current,
        subcommands: [OperatorCommand.self, PlaygroundCommand.self])
}

enum Version {
    static let current = "0.1.0"
}
