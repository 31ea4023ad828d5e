/// How the program was called. kubectl runs a plug-in by a file of that name on the PATH.
struct Invocation: Sendable {
    var isPlugIn: Bool
    /// kubectl wants to know how to complete a command line.
    var isCompletion: Bool

    init(path: String) {
        let file = path.split(separator: "/").last ?? ""
        isPlugIn = file == "kubectl-skyflo"
        isCompletion = file == "kubectl_complete-skyflo"
    }

    static let current = Invocation(path: CommandLine.arguments.first ?? "")

    /// How people call it, in help and in commands that are suggested.
    var program: String { isPlugIn ? "kubectl skyflo" : "skyflo" }
}
