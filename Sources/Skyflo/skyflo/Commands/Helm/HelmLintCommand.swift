import ArgumentParser
import Helm
import HelmFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

struct HelmLintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Examine charts for possible faults.")

    @Argument(help: "Folders of charts.") var charts: [String]
    @Option(name: [.short, .long], help: "The namespace of the release.") var namespace = "default"
    @OptionGroup var values: HelmValuesFlags
    @Flag(help: "Fail on warnings too.") var strict = false
    @Flag(help: "Print only warnings and errors.") var quiet = false
    @Flag(help: "Examine the charts in charts/ too.") var withSubcharts = false
    @Flag(help: "Don't check values against values.schema.json.") var skipSchemaValidation = false
    @Option(help: "The version of Kubernetes in .Capabilities.KubeVersion.") var kubeVersion: String?

    func run() throws {
        let paths = withSubcharts ? charts + charts.flatMap(ChartPath.subcharts) : charts
        var failed = 0
        var flawed = 0
        try HelmCommand.perform { () throws(HelmError) in
            let values = try values.values()
            var text: ByteString = ""
            for chart in paths {
                let (report, isFlawed, isFailed) = try report(on: chart, values)
                if isFlawed { flawed += 1 }
                if isFailed { failed += 1 }
                if !quiet || isFlawed { text += report }
            }
            return text
        }
        let summary = ByteString("\(paths.count) chart(s) linted, \(failed) chart(s) failed\n")
        if failed > 0 {
            HelmCommand.write("Error: " + summary, to: STDERR_FILENO)
            throw ExitCode(1)
        }
        if !quiet || flawed > 0 { HelmCommand.write(summary, to: STDOUT_FILENO) }
    }

    private func report(
        on chart: String, _ values: HelmMap
    ) throws(HelmError) -> (text: ByteString, isFlawed: Bool, isFailed: Bool) {
        var renderer = ChartRenderer(
            release: .init(name: "test-release", namespace: namespace), environment: HelmClock.environment())
        renderer.skipsSchema = skipSchemaValidation
        if let kubeVersion { renderer.capabilities = try renderer.capabilities.with(kubeVersion: kubeVersion) }
        var text = ByteString("==> Linting \(chart)\n")
        let files = try ChartPath.files(of: chart)
        guard files.contains(where: { $0.name == "Chart.yaml" }) else {
            text += ByteString(
                "Error unable to check Chart.yaml file in chart: stat \(chart)/Chart.yaml: no such file or directory\n\n"
            )
            return (text, true, true)
        }
        let messages = ChartLinter.messages(files: files, path: chart, values: values, renderer: renderer)
        for message in messages where !quiet || message.severity > .info { text += message.text + "\n" }
        let limit: ChartLinter.Severity = strict ? .warning : .error
        return (
            text + "\n", messages.contains { $0.severity > .info }, messages.contains { $0.severity >= limit }
        )
    }
}
