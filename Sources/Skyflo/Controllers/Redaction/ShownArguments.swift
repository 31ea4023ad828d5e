import ToolKit
import WorkflowEngine
import Writes

/// The arguments of calls as people outside of an approval may see them: in a status, in a span.
///
/// What is secret in the arguments of a write may only be known once it is planned, as a build's parameters are: those of a write
/// are shown as its approval shows them, and not at all before.
struct ShownArguments: Sendable {
    let registry: ToolRegistry
    let redactor: Redactor

    init(_ dependencies: ConversationReconciler.Dependencies) {
        registry = dependencies.tools
        redactor = Redactor(key: dependencies.options.redactionKey)
    }

    func callAsFunction(_ call: Call) -> String? {
        if call.approval != nil { return RedactedCall(of: call, redactor: redactor).arguments }
        return self(tool: call.tool, call.arguments)
    }

    func callAsFunction(tool: String, _ arguments: String) -> String? {
        guard registry.onlyReads(tool) else { return nil }
        return RedactedCall(arguments: arguments, writes: [], redactor: redactor).arguments
    }
}
