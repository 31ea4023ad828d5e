import ArgumentParser

/// What kubectl asks an executable `kubectl_complete-PLUGIN` for: one candidate a line, then a directive (the protocol of
/// cobra's `__complete`; 4 is "no file names").
struct KubectlCompletion {
    /// All that was typed behind `kubectl skyflo`; the last one is what is being typed.
    var words: [String]

    var answer: String {
        let names = words.count <= 1 ? PlugIn.commands.compactMap { $0.configuration.commandName } : []
        let typed = words.last ?? ""
        return names.filter { $0.hasPrefix(typed) }.map { $0 + "\n" }.joined() + ":4\n"
    }
}
