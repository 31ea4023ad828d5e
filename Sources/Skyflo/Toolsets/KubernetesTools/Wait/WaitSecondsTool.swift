import ToolKit

/// Lets time pass. Nobody is held meanwhile.
struct WaitSecondsTool: KubernetesTool {
    let name = "wait_for_x_seconds"
    let onlyReads = true
    let title = "Wait for Specified Duration"
    let requests: [ToolRequest]? = []
    let description = "Wait for a number of seconds. To wait until objects are ready or gone, use k8s_wait."
    let parameters = ToolParameters([
        .required("seconds", kind: .integer(0...300), description: "How many seconds")
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let seconds = try arguments.requiredInteger("seconds")
        if seconds == 0 || context.waited?.isOver == true {
            return .output("Waited \(seconds) \(seconds == 1 ? "second" : "seconds").")
        }
        return .waiting(ToolWait(title: "\(seconds) s to pass", seconds: seconds, isWatched: false))
    }
}
