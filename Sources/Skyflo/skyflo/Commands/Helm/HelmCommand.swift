import ArgumentParser
import Helm
import HelmFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What people know from the program `helm`, without a cluster: its flags, output and exit codes.
struct HelmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "helm",
        abstract: "Render and examine Helm charts, as helm does. Needs no cluster, and no helm.",
        subcommands: [HelmTemplateCommand.self, HelmLintCommand.self, HelmShowCommand.self])

    /// Prints what the work makes; an error as `Error: …`, with the exit code 1.
    static func perform(_ work: () throws(HelmError) -> ByteString) throws {
        do throws(HelmError) {
            write(try work(), to: STDOUT_FILENO)
        } catch {
            write("Error: " + error.message + "\n", to: STDERR_FILENO)
            throw ExitCode(1)
        }
    }

    /// What Helm logs.
    static func warn(_ text: String) {
        write(ByteString(text + "\n"), to: STDERR_FILENO)
    }

    static func write(_ text: ByteString, to descriptor: Int32) {
        FileDescriptorText.write(text.bytes, to: descriptor)
    }
}

/// The flags for values.
struct HelmValuesFlags: ParsableArguments {
    @Option(name: [.customShort("f"), .customLong("values")], help: "Values of a YAML file, or of - (the input).")
    var files: [String] = []
    @Option(name: .customLong("set"), help: "Values, as key1=val1,key2=val2.") var typed: [String] = []
    @Option(name: .customLong("set-string"), help: "Values that are texts, as key1=val1,key2=val2.")
    var strings: [String] = []
    @Option(name: .customLong("set-json"), help: "Values in JSON, as key1=jsonval1,key2=jsonval2 or an object.")
    var json: [String] = []
    @Option(name: .customLong("set-file"), help: "Values from the content of files, as key1=path1,key2=path2.")
    var contents: [String] = []
    @Option(name: .customLong("set-literal"), help: "A text that is taken as it is, as key=text.")
    var literals: [String] = []

    func values() throws(HelmError) -> HelmMap {
        var options = ValuesOptions()
        // Helm takes several files with commas between them.
        options.files = files.flatMap { $0.split(separator: ",").map(String.init) }
        options.json = json
        options.typed = typed
        options.strings = strings
        options.contents = contents
        options.literals = literals
        return try options.merged { path throws(HelmError) in try ChartPath.read(path) }
    }
}

struct HelmTemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Render a chart, and print its manifests.",
        discussion: """
            Nothing is asked of a cluster: lookup finds nothing, and the versions are those of the newest Kubernetes.

            Example:
              skyflo helm template web ./chart -n shop --set image.tag=1.27 -s templates/deployment.yaml
            """)

    @Argument(help: "The name of the release, then a chart's folder or .tgz. The name may be left out.")
    var arguments: [String] = []
    @Option(name: [.short, .long], help: "The namespace of the release.") var namespace = "default"
    @OptionGroup var values: HelmValuesFlags
    @Option(name: [.customShort("s"), .long], help: "Only manifests of this template; may be given more than once.")
    var showOnly: [String] = []
    @Option(help: "Write the manifests to files in this folder instead of printing them.") var outputDir: String?
    @Flag(help: "Write to a folder of the release's name in --output-dir.") var releaseName = false
    @Flag(name: .shortAndLong, help: "Make up the name of the release: release-name.") var generateName = false
    @Option(help: "A template that makes the name of the release.") var nameTemplate: String?
    @Flag(name: .customLong("include-crds"), help: "Print the chart's CRDs too.") var includesCustomResources = false
    @Flag(help: "Leave out CRDs, also with --include-crds.") var skipCrds = false
    @Flag(help: "Leave out hooks.") var noHooks = false
    @Flag(help: "Leave out tests.") var skipTests = false
    @Flag(help: "Set .Release.IsUpgrade instead of .Release.IsInstall.") var isUpgrade = false
    @Flag(help: "Don't check values against values.schema.json.") var skipSchemaValidation = false
    @Flag(help: "Print the notes behind the manifests.") var notes = false
    @Flag(help: "Notes of subcharts are notes too.") var renderSubchartNotes = false
    @Flag(help: "Print what was rendered also where it is no valid YAML.") var debug = false
    @Flag(name: .customLong("validate"), help: "Not supported: it needs a cluster, and this command asks none.")
    var asksCluster = false
    @Flag(help: "Not supported: nothing is downloaded.") var dependencyUpdate = false
    @Option(help: "The version of Kubernetes in .Capabilities.KubeVersion.") var kubeVersion: String?
    @Option(name: [.customShort("a"), .long], help: "More API versions for .Capabilities.APIVersions.")
    var apiVersions: [String] = []

    func validate() throws {
        guard (1...2).contains(arguments.count) else { throw ValidationError("give a name and a chart, or a chart") }
        if asksCluster {
            throw ValidationError("--validate isn't supported: it needs a cluster, and this command asks none")
        }
        if dependencyUpdate {
            throw ValidationError(
                "--dependency-update isn't supported: nothing is downloaded; put the charts into charts/ first")
        }
        if outputDir != nil, !showOnly.isEmpty {
            throw ValidationError("--output-dir and --show-only exclude each other")
        }
    }

    func run() throws {
        try HelmCommand.perform { () throws(HelmError) in
            let environment = HelmClock.environment()
            let name = try name(environment)
            var renderer = ChartRenderer(
                release: .init(name: name, namespace: namespace, isUpgrade: isUpgrade),
                environment: environment, warn: HelmCommand.warn)
            renderer.skipsSchema = skipSchemaValidation
            renderer.rendersSubchartNotes = renderSubchartNotes
            renderer.capabilities = try capabilities()
            let values = try values.values()
            let chart = try ChartPath.load(arguments[arguments.count - 1], warn: HelmCommand.warn)
            do throws(HelmError) {
                try ReleaseName.check(name)
            } catch {
                throw HelmError(
                    message: "release name check failed: release name " + GoQuote.quoted(ByteString(name)) + ": "
                        + error.message)
            }
            return try text(of: chart, values: values, renderer: renderer)
        }
    }

    /// Helm names a release of this command itself, whether that was asked for or not.
    private func name(_ environment: TemplateEnvironment) throws(HelmError) -> String {
        if arguments.count == 2 {
            if generateName { throw HelmError("cannot set --generate-name and also specify a name") }
            if nameTemplate != nil { throw HelmError("cannot set --name-template and also specify a name") }
            return arguments[0]
        }
        guard let nameTemplate else { return "release-name" }
        return try ReleaseName.made(by: nameTemplate, environment: environment)
    }

    private func text(
        of chart: Chart, values: HelmMap, renderer: ChartRenderer
    ) throws(HelmError) -> ByteString {
        let texts = try renderer.renderTexts(chart, values: values)
        let rendered: RenderedChart
        do throws(HelmError) {
            rendered = try renderer.assembled(texts)
        } catch {
            guard debug else {
                throw HelmError(message: error.message + "\n\nUse --debug flag to render out invalid YAML")
            }
            HelmCommand.write(texts.blob, to: STDOUT_FILENO)
            throw error
        }
        var output = TemplateOutput()
        output.includesCustomResources = includesCustomResources && !skipCrds
        output.skipsHooks = noHooks
        output.skipsTests = skipTests
        output.showOnly = showOnly
        output.showsNotes = notes
        guard let outputDir else { return try output.text(of: rendered) }
        let folder = releaseName ? outputDir + "/" + renderer.release.name : outputDir
        return try ManifestFolder(path: folder).write(output.documents(of: rendered))
    }

    private func capabilities() throws(HelmError) -> KubeCapabilities {
        var capabilities = KubeCapabilities.standard
        if let kubeVersion {
            do throws(HelmError) {
                capabilities = try capabilities.with(kubeVersion: kubeVersion)
            } catch {
                throw HelmError(message: ByteString("invalid kube version '\(kubeVersion)': ") + error.message)
            }
        }
        capabilities.apiVersions += apiVersions.flatMap { $0.split(separator: ",").map(String.init) }
        return capabilities
    }
}

struct HelmShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print what is in a chart: its Chart.yaml, values, README or CRDs.")

    @Argument(help: "One of all, chart, crds, readme, values.") var part: ChartDescription.Part
    @Argument(help: "A chart's folder or .tgz.") var chart: String

    func run() throws {
        try HelmCommand.perform { () throws(HelmError) in
            try ChartDescription(try ChartPath.load(chart, warn: HelmCommand.warn)).text(of: part)
        }
    }
}

extension ChartDescription.Part: ExpressibleByArgument {}
